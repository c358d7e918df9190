/** An entry of the list that `./uasync page` writes, and `./uasync demo` adds to: a program with its image and its sources. Addresses are relative to the page. */
export interface Example {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** What the user is to do, in a sentence. */
  readonly todo: string;
  readonly image: string;
  /** Undefined for a firmware of the user's own without a source. */
  readonly source?: string;
  /** What the source file is called, if not as the program. */
  readonly file?: string;
  readonly micropython?: string;
  readonly board?: string;
  /** Whether the server can compile another version of the source. */
  readonly editable?: boolean;
  /** A program of the user's own, which may change while the page is open. */
  readonly own?: boolean;
}

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
