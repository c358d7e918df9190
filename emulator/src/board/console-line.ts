const LINE_FEED = 0x0a;

/** A line that the firmware sent over a UART or USB. */
export interface ConsoleLine {
  /** Which UART: 0 or 1; null for the serial port at USB. */
  readonly uart: number | null;
  /** The simulated time at which its line feed was sent; of the last byte so far where there is none yet. */
  readonly nanos: number;
  /** Exactly what was sent, with the line feed. */
  readonly bytes: Uint8Array;
}

/** Cuts what a UART or the USB port sends into lines. */
export class LineBuffer {
  private readonly bytes: number[] = [];
  private nanos = 0;

  constructor(
    private readonly uart: number | null,
    private readonly onLine: (line: ConsoleLine) => void,
  ) {}

  /** Takes a byte that was sent at a simulated time. */
  push(byte: number, nanos: number): void {
    this.bytes.push(byte);
    this.nanos = nanos;
    if (byte === LINE_FEED) this.flush();
  }

  /** Hands over what there is of a line. */
  flush(): void {
    if (this.bytes.length === 0) return;
    this.onLine({ uart: this.uart, nanos: this.nanos, bytes: Uint8Array.from(this.bytes) });
    this.bytes.length = 0;
  }
}
