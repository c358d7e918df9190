const PREFIX = 'uasync-draft:';

/** What a browser keeps for a page: `sessionStorage`. */
export interface Keeper {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Edited sources, by program: kept while the page is open, also if another program is chosen or the page is loaded anew. */
export class Drafts {
  private readonly texts = new Map<string, string>();

  /** @param keeper undefined if the browser keeps nothing */
  constructor(private readonly keeper: Keeper | undefined) {
    for (let index = 0; index < (keeper?.length ?? 0); index++) {
      const key = keeper?.key(index) ?? '';
      const text = keeper?.getItem(key) ?? null;
      if (key.startsWith(PREFIX) && text !== null) this.texts.set(key.slice(PREFIX.length), text);
    }
  }

  get(program: string): string | undefined {
    return this.texts.get(program);
  }

  has(program: string): boolean {
    return this.texts.has(program);
  }

  /** @param text undefined forgets it */
  set(program: string, text: string | undefined): void {
    try {
      if (text === undefined) {
        this.texts.delete(program);
        this.keeper?.removeItem(PREFIX + program);
      } else {
        this.texts.set(program, text);
        this.keeper?.setItem(PREFIX + program, text);
      }
    } catch {
      // There is no more room: it is kept until the page is left.
    }
  }
}
