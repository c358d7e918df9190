/** Further behind real time than this, simulated time is let fall behind rather than made up for in a rush. */
const MAX_LAG_MILLIS = 100;
/** The real time over which the ratio is taken. */
const WINDOW_MILLIS = 1000;
const NANOS_PER_MILLI = 1e6;

/** Tells how far simulated time has to be at a moment of real time. Knows no clock of its own. */
export class Pacer {
  private startMillis = 0;
  private startNanos = 0;
  private speed = 1;

  /** Begins anew: at this moment of real time, simulated time is where it should be. */
  start(millis: number, nanos: number): void {
    this.startMillis = millis;
    this.startNanos = nanos;
  }

  /** Simulated time in the same real time; Infinity for as fast as it goes. */
  setSpeed(factor: number, millis: number, nanos: number): void {
    this.speed = factor;
    this.start(millis, nanos);
  }

  /** Where simulated time should be now. What it is behind by more than the limit is forgiven. */
  target(millis: number, nanos: number): number {
    if (this.speed === Infinity) return Infinity;
    const target = this.startNanos + (millis - this.startMillis) * NANOS_PER_MILLI * this.speed;
    const latest = nanos + MAX_LAG_MILLIS * NANOS_PER_MILLI * this.speed;
    if (target <= latest) return target;
    this.start(millis, latest);
    return latest;
  }
}

/** Simulated time over real time, of late. */
export class RatioMeter {
  private samples: { millis: number; nanos: number }[] = [];

  restart(): void {
    this.samples = [];
  }

  add(millis: number, nanos: number): void {
    this.samples.push({ millis, nanos });
    while (this.samples.length > 2 && millis - (this.samples[1] as { millis: number }).millis >= WINDOW_MILLIS) this.samples.shift();
  }

  /** Undefined until there is something to compare. */
  get ratio(): number | undefined {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (first === undefined || last === undefined || last.millis === first.millis) return undefined;
    return (last.nanos - first.nanos) / ((last.millis - first.millis) * NANOS_PER_MILLI);
  }
}
