import type { ConsolePieces } from '../protocol.js';

/** Longer lines are not looked at: they are none of numbers to be drawn, and may have no end. */
const LONGEST_LINE = 1000;
const LINE_FEED = 0x0a;

/** A line that the firmware sent. */
export interface TimedLine {
  readonly text: string;
  /** When its line feed was sent, in simulated nanoseconds. */
  readonly nanos: number;
  /** The number of the UART that it was sent over; -1 for USB. */
  readonly uart: number;
}

/** Puts the lines together of which a frame may have a part only, for each UART and USB. */
export class ConsoleReader {
  private readonly starts = new Map<number, string>();
  /** Where what comes next is the rest of something that nobody has seen the start of, or of too long a line. */
  private readonly isTorn = new Map<number, boolean>();
  private isGap = false;
  private readonly decoder = new TextDecoder();

  /** Bytes were left out before those that are read next. */
  skip(): void {
    this.starts.clear();
    this.isTorn.clear();
    this.isGap = true;
  }

  /** The lines that are complete. */
  read(bytes: Uint8Array, { ends, nanos, uarts }: ConsolePieces): TimedLine[] {
    const lines: TimedLine[] = [];
    let from = 0;
    ends.forEach((end, index) => {
      const uart = uarts[index] as number;
      const line = this.add(uart, bytes.subarray(from, end));
      if (line !== undefined) lines.push({ text: line, nanos: nanos[index] as number, uart });
      from = end;
    });
    return lines;
  }

  clear(): void {
    this.skip();
    this.isGap = false;
  }

  /** @returns the line, if the piece completes one that was seen from its start */
  private add(uart: number, piece: Uint8Array): string | undefined {
    const start = this.starts.get(uart) ?? '';
    const isTorn = this.isTorn.get(uart) ?? this.isGap;
    const isWhole = piece.at(-1) === LINE_FEED;
    const isTooLong = start.length + piece.length > LONGEST_LINE;
    this.starts.delete(uart);
    this.isTorn.set(uart, !isWhole && (isTorn || isTooLong));
    if (isTorn || isTooLong) return undefined;
    // A character that two pieces share is of no number, nor of a name that matters.
    const text = start + this.decoder.decode(piece);
    if (isWhole) return text;
    this.starts.set(uart, text);
    return undefined;
  }
}
