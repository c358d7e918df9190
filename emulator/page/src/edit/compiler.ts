import type { Files } from '../examples.js';
import { type Answer, type Compilation, compilationOf } from './compilation.js';

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

  /**
   * Compiles a program with these versions of its files; the others are as the server has them.
   *
   * Undefined if it was given up, as something else is wanted since.
   */
  async compile(program: string, files: Files): Promise<Compilation | undefined> {
    this.running?.abort();
    const running = (this.running = new AbortController());
    try {
      let response = await this.ask(program, files, running.signal);
      // The server was started anew, and its page has another token.
      if (response.status === REFUSED && (await this.renew(running.signal))) response = await this.ask(program, files, running.signal);
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

  private ask(program: string, files: Files, signal: AbortSignal): Promise<Response> {
    const headers = { 'Content-Type': 'application/json', 'X-Uasync-Token': this.token };
    return fetch('compile', { method: 'POST', headers, body: JSON.stringify({ program, files: Object.fromEntries(files) }), signal });
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
