import type { Request } from '../protocol.js';

/** Keeps what holds on the board until it is set anew: its devices, voltages, levels and weather, and the pace. */
export class Standing {
  private readonly newest = new Map<string, Request>();

  note(request: Request): void {
    const key = keyOf(request);
    if (key !== undefined) this.newest.set(key, request);
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
    case 'drive':
      return `${request.kind} ${request.pin}`;
    case 'weather':
      return `weather ${request.id}`;
    default:
      return undefined;
  }
}
