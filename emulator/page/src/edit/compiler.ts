/** What the compiler or the linker says. */
export interface Message {
  readonly kind: 'error' | 'warning' | 'note';
  readonly text: string;
  /** File and line, if it is not in the source. */
  readonly place: string;
  /** The line of the source where it is, or that has led to it; from 1. */
  readonly line: number | null;
  /** The character of that line; from 1. */
  readonly column: number | null;
  readonly notes: readonly Message[];
}

/** What came of a compilation: an image, or what is wrong, in a sentence. */
export interface Compilation {
  readonly image: Uint8Array | undefined;
  /** Empty if there is an image. */
  readonly text: string;
  readonly messages: readonly Message[];
  readonly seconds: number;
}

interface Answer {
  readonly image?: string;
  readonly problem: string;
  readonly text: string;
  readonly messages: readonly Message[];
  readonly seconds: number;
}

const GONE = 'The server does not answer: start ./uasync demo again, and compile then. Your edits stay.';
const TOKEN = 'meta[name="uasync-token"]';
const REFUSED = 403;

/** The compiler of the machine that `./uasync demo` runs on. */
export class Compiler {
  private running: AbortController | undefined;

  private constructor(private token: string) {}

  /** Undefined on a page of another server, which has no compiler. */
  static ofPage(page: ParentNode): Compiler | undefined {
    const token = tokenIn(page);
    return token === '' ? undefined : new Compiler(token);
  }

  /** Undefined if it was given up, as another is compiled since. */
  async compile(program: string, source: string): Promise<Compilation | undefined> {
    this.running?.abort();
    const running = (this.running = new AbortController());
    try {
      let response = await this.ask(program, source, running.signal);
      // The server was started anew, and its page has another token.
      if (response.status === REFUSED && (await this.renew(running.signal))) response = await this.ask(program, source, running.signal);
      const result = compilationOf((await response.json()) as Answer);
      return running.signal.aborted ? undefined : result;
    } catch (error) {
      if (running.signal.aborted) return undefined;
      if (error instanceof TypeError || error instanceof SyntaxError) return { image: undefined, text: GONE, messages: [], seconds: 0 };
      throw error;
    }
  }

  /** Gives up what is being compiled. */
  stop(): void {
    this.running?.abort();
  }

  private ask(program: string, source: string, signal: AbortSignal): Promise<Response> {
    const headers = { 'Content-Type': 'application/json', 'X-Uasync-Token': this.token };
    return fetch('compile', { method: 'POST', headers, body: JSON.stringify({ program, source }), signal });
  }

  private async renew(signal: AbortSignal): Promise<boolean> {
    const page = new DOMParser().parseFromString(await (await fetch('./', { signal })).text(), 'text/html');
    const token = tokenIn(page);
    const isNew = token !== '' && token !== this.token;
    if (isNew) this.token = token;
    return isNew;
  }
}

function tokenIn(page: ParentNode): string {
  return page.querySelector<HTMLMetaElement>(TOKEN)?.content ?? '';
}

/** An answer of the server. */
export function compilationOf({ image, text, messages, seconds }: Answer): Compilation {
  const bytes = image === undefined ? undefined : Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
  return { image: bytes, text, messages, seconds };
}
