import type { RunState } from './protocol.js';

/** What a page that has this one in a frame may ask for. */
export type EmbedMessage =
  | { readonly uasync: 'run' | 'pause' | 'reset' }
  /** Shows an example of the list: `03_button`. */
  | { readonly uasync: 'open'; readonly example: string }
  /** Types a text on the console. */
  | { readonly uasync: 'type'; readonly text: string };

/** What such a page is told, with each change. */
export interface EmbedState {
  readonly uasync: 'state';
  readonly state: RunState;
  /** How the program has ended, or why it pauses, in a sentence. */
  readonly text: string | undefined;
}

/** Longer than what anybody types at once. */
const LONGEST_TEXT = 4096;

/** Whether the page is to be shown in a frame of another, and which origin may control it: by `?embed`, or `?embed=https://example.org`. */
export interface Embedding {
  readonly isEmbedded: boolean;
  /** Undefined if nobody may. */
  readonly origin: string | undefined;
}

/** @param search of the page's address */
export function embeddingOf(search: string): Embedding {
  const wanted = new URLSearchParams(search).get('embed');
  if (wanted === null) return { isEmbedded: false, origin: undefined };
  try {
    const { origin, protocol } = new URL(wanted);
    // An origin that is written otherwise is none that a browser ever names, and `*` is nobody's.
    return { isEmbedded: true, origin: (protocol === 'https:' || protocol === 'http:') && origin === wanted ? origin : undefined };
  } catch {
    return { isEmbedded: true, origin: undefined };
  }
}

/** What a message asks for; undefined if it is from elsewhere, or is none of those above. */
export function readEmbedMessage(data: unknown, origin: string, { origin: allowed }: Embedding): EmbedMessage | undefined {
  if (allowed === undefined || origin !== allowed || typeof data !== 'object' || data === null) return undefined;
  const { uasync, example, text } = data as Readonly<Record<string, unknown>>;
  if (uasync === 'run' || uasync === 'pause' || uasync === 'reset') return { uasync };
  if (uasync === 'open' && typeof example === 'string' && /^\w{1,64}$/.test(example)) return { uasync, example };
  if (uasync === 'type' && typeof text === 'string' && text.length <= LONGEST_TEXT) return { uasync, text };
  return undefined;
}
