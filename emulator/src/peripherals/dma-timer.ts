import type { CycleAlarm, SystemCycles } from './system-cycles.js';

/**
 * One of the four timers that pace DMA: X / Y requests for each cycle of the system clock, at most one (RP2040 datasheet 2.5.3.2). It counts on
 * while nobody listens; only then it needs no alarm.
 */
export class DmaTimer {
  private fraction = 0;
  /** The cycle from which it counts, and its requests since. */
  private since = 0;
  private readonly alarm: CycleAlarm;

  /** @param onRequest called with each request; false where nobody wants another */
  constructor(
    private readonly cycles: SystemCycles,
    onRequest: () => boolean,
  ) {
    this.alarm = cycles.createAlarm(() => {
      if (onRequest()) this.listen();
    });
  }

  read(): number {
    return this.fraction;
  }

  write(value: number, isHeard: boolean): void {
    this.fraction = value;
    this.since = this.cycles.now;
    this.alarm.cancel();
    if (isHeard) this.listen();
  }

  /** Somebody wants its next request. */
  listen(): void {
    const x = this.fraction >>> 16;
    const y = this.fraction & 0xffff;
    if (x === 0 || y === 0 || this.alarm.due !== undefined) return;
    const { now } = this.cycles;
    const requests = Math.floor(((now - this.since) * x) / y);
    this.alarm.schedule(Math.max(now + 1, this.since + Math.ceil(((requests + 1) * y) / x)));
  }
}
