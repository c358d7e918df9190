import type { Pico } from '../../../src/board/pico.js';
import type { ConsolePort } from '../protocol.js';

/** How long a program has time to read what was typed, in simulated nanoseconds: it may be asleep, or poll its console now and then. */
const PATIENCE_NANOS = 500e6;

// UART0, by the datasheet's 4.2.8.
const UARTFR = 0x40034018;
const UARTCR = 0x40034030;
const RX_FIFO_EMPTY = 1 << 4;
/** Both the UART and its receiver have to be enabled. */
const RECEIVES = (1 << 9) | 1;

/** Sends what somebody types to the firmware, and notices if it is not read. */
export class TypedInput {
  private dueAt = Infinity;
  private port: ConsolePort = 'both';

  constructor(private readonly pico: Pick<Pico, 'nanos' | 'uart' | 'usb' | 'inspect'>) {}

  send(bytes: Uint8Array, port: ConsolePort): void {
    if (port !== 'usb') this.pico.uart(0).receive(bytes);
    if (port !== 'uart') this.pico.usb.receive(bytes);
    if (this.dueAt === Infinity || port !== this.port) this.dueAt = this.pico.nanos + PATIENCE_NANOS;
    this.port = port;
  }

  /** What is to be told of the last that was typed, once it is known: undefined until then, empty if it was read. */
  verdict(): string | undefined {
    if (this.pico.nanos < this.dueAt) return undefined;
    this.dueAt = Infinity;
    const { port } = this;
    if ((port !== 'uart' && this.pico.usb.isOpen) || (port !== 'usb' && this.uartReads())) return '';
    if (port === 'usb') return 'The program has no USB port open: what you type is lost.';
    return this.uartListens() ? 'The program has not read what you typed.' : 'The program does not listen to its console: what you type is lost.';
  }

  private uartListens(): boolean {
    return ((this.pico.inspect.peripheral(UARTCR) ?? 0) & RECEIVES) === RECEIVES;
  }

  private uartReads(): boolean {
    return this.uartListens() && ((this.pico.inspect.peripheral(UARTFR) ?? 0) & RX_FIFO_EMPTY) !== 0;
  }
}
