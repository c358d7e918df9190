import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import { characterNanos } from '../peripherals/uart.js';

type Uart = RP2040['uart'][number];

/** What the sender keeps to while the firmware has not set up the UART. */
const DEFAULT_CHARACTER_NANOS = (10 * 1e9) / 115_200;

/** Somebody at the other end of a UART's receive line. What is sent while the firmware does not listen is lost. */
export class UartInput {
  private readonly queue: number[] = [];
  private isSending = false;

  constructor(
    private readonly clock: CycleClock,
    private readonly uart: () => Uart,
  ) {}

  /** True while there is something to send. */
  get isBusy(): boolean {
    return this.isSending;
  }

  receive(bytes: Uint8Array): void {
    for (const byte of bytes) this.queue.push(byte);
    if (!this.isSending) this.send();
  }

  /** Sends the oldest byte, which arrives when its last bit has. */
  private send(): void {
    const byte = this.queue.shift();
    this.isSending = byte !== undefined;
    if (byte === undefined) return;
    this.clock.at(this.clock.nanos + (characterNanos(this.uart()) ?? DEFAULT_CHARACTER_NANOS), () => {
      this.uart().feedByte(byte);
      this.send();
    });
  }
}
