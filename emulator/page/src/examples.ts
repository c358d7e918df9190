/** An entry of the list that `./uasync page` writes, and `./uasync demo` adds to: a program with its image and its sources. Addresses are relative to the page. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What the user is to do, in a sentence. */
  readonly todo: string;
  readonly image: string;
  /** Its only source file. */
  readonly source?: string;
  /** Its files instead, of a program of the user's own: the first is shown first. Neither is there for a firmware without sources. */
  readonly files?: readonly { readonly name: string; readonly address: string }[];
  readonly micropython?: string;
  readonly board?: string;
  /** Whether the server can compile another version of the source. */
  readonly editable?: boolean;
  /** A program of the user's own, which may change while the page is open. */
  readonly own?: boolean;
}

/** The texts of the files of a program, by their names. */
export type Files = ReadonlyMap<string, string>;

/** What is fetched could not be had, in words for the user. */
export class FetchError extends Error {}

export async function fetchExamples(): Promise<readonly Example[]> {
  return (await (await fetchFile('examples/examples.json')).json()) as Example[];
}

export async function fetchBytes(address: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetchFile(address)).arrayBuffer());
}

export async function fetchText(address: string): Promise<string> {
  return (await fetchFile(address)).text();
}

/** Empty for a firmware without sources. */
export async function fetchFiles({ name, source, files }: Example): Promise<Files> {
  const listed = files ?? (source === undefined ? [] : [{ name: `${name}.cpp`, address: source }]);
  return new Map(await Promise.all(listed.map(async ({ name, address }) => [name, await fetchText(address)] as const)));
}

async function fetchFile(address: string): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    throw new FetchError(`${address} could not be loaded: is the server still running?`);
  }
  if (!response.ok) throw new FetchError(`${address} could not be loaded: the server says ${response.status} ${response.statusText}`);
  return response;
}
