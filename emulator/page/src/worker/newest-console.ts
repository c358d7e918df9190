import type { ConsoleLine } from '../../../src/board/console-line.js';
import type { ConsolePieces } from '../protocol.js';

const USB = -1;

/** Keeps the newest of what the firmware sent, and when: whole lines, or what there is of one. */
export class NewestConsole {
  private lines: ConsoleLine[] = [];
  private bytes = 0;
  private dropped = 0;

  /** @param limit in bytes */
  constructor(private readonly limit: number) {}

  push(line: ConsoleLine): void {
    const surplus = line.bytes.length - this.limit;
    this.lines.push(surplus > 0 ? { ...line, bytes: line.bytes.subarray(surplus) } : line);
    this.dropped += Math.max(0, surplus);
    this.bytes += Math.min(line.bytes.length, this.limit);
    // Cut off in large pieces, so that it costs nothing per line.
    if (this.bytes >= 2 * this.limit) this.cut();
  }

  /** Hands over what came since the last time, and how many bytes were left out before it. */
  take(): { bytes: Uint8Array; pieces: ConsolePieces; dropped: number } {
    this.cut();
    const { lines, dropped } = this;
    const bytes = new Uint8Array(this.bytes);
    const ends = new Uint32Array(lines.length);
    let end = 0;
    lines.forEach((line, index) => {
      bytes.set(line.bytes, end);
      ends[index] = end += line.bytes.length;
    });
    const pieces = { ends, nanos: Float64Array.from(lines, ({ nanos }) => nanos), uarts: Int8Array.from(lines, ({ uart }) => uart ?? USB) };
    this.lines = [];
    this.bytes = this.dropped = 0;
    return { bytes, pieces, dropped };
  }

  private cut(): void {
    let count = 0;
    for (; this.bytes > this.limit; count++) {
      const { length } = (this.lines[count] as ConsoleLine).bytes;
      this.bytes -= length;
      this.dropped += length;
    }
    this.lines.splice(0, count);
  }
}
