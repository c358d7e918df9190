import type { ConsolePieces, FrameReply } from '../protocol.js';

/** What the firmware sent in a frame. */
export interface ConsoleChunk {
  /** The board that it is from. */
  readonly boot: number;
  readonly bytes: Uint8Array;
  readonly pieces: ConsolePieces;
  /** Whether something was left out before it. */
  readonly isAfterGap: boolean;
}

/** Keeps what the firmware sent last until somebody wants to look at it. */
export class Backlog {
  private chunks: ConsoleChunk[] = [];
  private bytes = 0;
  private boot = -1;
  private isGap = false;

  /** @param limit in bytes */
  constructor(private readonly limit: number) {}

  add({ boot, console, consolePieces, droppedConsole }: Pick<FrameReply, 'boot' | 'console' | 'consolePieces' | 'droppedConsole'>): void {
    if (boot !== this.boot) {
      this.forget();
      this.boot = boot;
      this.isGap = false;
    }
    this.isGap ||= droppedConsole > 0;
    if (console.length === 0) return;
    this.chunks.push({ boot, bytes: console, pieces: consolePieces, isAfterGap: this.isGap });
    this.bytes += console.length;
    this.isGap = false;
    if (this.bytes > this.limit) this.trim();
  }

  /** Hands over what there is. */
  take(): ConsoleChunk[] {
    const { chunks } = this;
    this.forget();
    return chunks;
  }

  clear(): void {
    // The start of a line may be among it.
    this.isGap ||= this.chunks.length > 0;
    this.forget();
  }

  private trim(): void {
    while (this.bytes > this.limit) this.bytes -= this.chunks.shift()?.bytes.length ?? Infinity;
    const [first, ...rest] = this.chunks;
    if (first === undefined) this.isGap = true;
    else this.chunks = [{ ...first, isAfterGap: true }, ...rest];
  }

  private forget(): void {
    this.chunks = [];
    this.bytes = 0;
  }
}
