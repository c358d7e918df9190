const PREFIX = 'uasync-draft:';

/** What a browser keeps for a page: `sessionStorage`. */
export interface Keeper {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Edited files, by program: kept while the page is open, also if another program is chosen or the page is loaded anew. */
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

  get(program: string, file: string): string | undefined {
    return this.texts.get(keyOf(program, file));
  }

  /** All edited files of a program. */
  of(program: string): Map<string, string> {
    const start = keyOf(program, '');
    return new Map([...this.texts].flatMap(([key, text]) => (key.startsWith(start) ? [[key.slice(start.length), text]] : [])));
  }

  /** @param text undefined forgets it */
  set(program: string, file: string, text: string | undefined): void {
    const key = keyOf(program, file);
    try {
      if (text === undefined) {
        this.texts.delete(key);
        this.keeper?.removeItem(PREFIX + key);
      } else {
        this.texts.set(key, text);
        this.keeper?.setItem(PREFIX + key, text);
      }
    } catch {
      // There is no more room: it is kept until the page is left.
    }
  }
}

/** No program's name has a colon. */
function keyOf(program: string, file: string): string {
  return `${program}:${file}`;
}
