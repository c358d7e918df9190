import type { Request } from '../protocol.js';

/** Keeps what holds on the board until it is set anew: its devices, voltages, what parts sense, and the pace. */
export class Standing {
  private readonly newest = new Map<string, Request>();

  note(request: Request): void {
    const key = keyOf(request);
    if (key !== undefined) this.newest.set(key, together(this.newest.get(key), request));
  }

  /** What another board has to be told to be like this one. */
  get all(): readonly Request[] {
    return [...this.newest.values()];
  }
}

function keyOf(request: Request): string | undefined {
  switch (request.kind) {
    case 'devices':
    case 'speed':
      return request.kind;
    case 'analog':
      return `analog ${request.pin}`;
    case 'sense':
      return `sense ${request.id}`;
    default:
      return undefined;
  }
}

/** What a part senses besides what it is told now stays as it is. */
function together(before: Request | undefined, request: Request): Request {
  if (request.kind !== 'sense' || before?.kind !== 'sense') return request;
  return { ...request, values: { ...before.values, ...request.values } };
}
