import type { Request } from '../protocol.js';

const KINDS = ['ground', 'analog', 'turn', 'sense', 'type'] as const;

/** What is done to a board from outside while its program runs. */
export type Input = Extract<Request, { readonly kind: (typeof KINDS)[number] }>;

export function isInput(request: Request): request is Input {
  return (KINDS as readonly string[]).includes(request.kind);
}
