/** What the compiler or the linker says. */
export interface Message {
  readonly kind: 'error' | 'warning' | 'note';
  readonly text: string;
  /** File and line, if it is not in one of the program's files. */
  readonly place: string;
  /** The one of them where it is, or that has led to it; empty if none has. */
  readonly file: string;
  /** The line there; from 1. */
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

/** What the server sends. */
export interface Answer {
  readonly image?: string;
  readonly problem: string;
  readonly text: string;
  readonly messages: readonly Message[];
  readonly seconds: number;
}

/** An answer as the page uses it. */
export function compilationOf({ image, text, messages, seconds }: Answer): Compilation {
  const bytes = image === undefined ? undefined : Uint8Array.from(atob(image), (character) => character.charCodeAt(0));
  return { image: bytes, text, messages, seconds };
}
