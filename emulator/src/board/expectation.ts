/** Waits for texts in what the firmware prints, one after the other. Each may come over any port, but as a whole over one. */
export class Expectation {
  private readonly left: string[];
  /** The newest of what has come over each port, a character a byte. */
  private readonly seen = new Map<number | null, string>();

  /** @param texts at least one */
  constructor(texts: readonly string[]) {
    this.left = [...texts];
  }

  /** The text that is to come next; undefined when all have come. */
  get missing(): string | undefined {
    return this.left[0];
  }

  /** Takes a byte that was printed. @param port the UART, or null for USB */
  push(port: number | null, byte: number): void {
    const [next] = this.left;
    if (next === undefined) return;
    const wanted = bytesOf(next);
    const seen = ((this.seen.get(port) ?? '') + String.fromCharCode(byte)).slice(-wanted.length);
    this.seen.set(port, seen);
    if (seen !== wanted) return;
    this.left.shift();
    this.seen.clear(); // the next one begins behind it
  }
}

/** A text in UTF-8, a character a byte. */
function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}
