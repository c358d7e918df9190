import type { DeviceBoard, PinDevice } from './device.js';

/** Slower than that it is heard as clicks, not as a tone. */
const LONGEST_PERIOD = 50e6;
/** A period that differs by more, half a semitone, begins another tone; one that differs by less is averaged. */
const SAME_TONE = 0.03;
const AVERAGED_PERIODS = 32;
/** A tone is over once so many of its periods have passed without an edge. */
const SILENT_PERIODS = 2;

/** A passive buzzer: its membrane follows the pin, so the frequency of the pin is what is heard. */
export class Buzzer implements PinDevice {
  private board: DeviceBoard = { nanos: 0 };
  private roseAt = -Infinity;
  /** The periods of the tone so far. */
  private count = 0;
  private sum = 0;
  private hasSounded = false;

  connect(board: DeviceBoard): void {
    this.board = board;
  }

  edge(level: number, nanos: number): void {
    if (level === 0) return;
    const period = nanos - this.roseAt;
    this.roseAt = nanos;
    const mean = this.sum / this.count;
    if (period > LONGEST_PERIOD || Math.abs(period - mean) > SAME_TONE * mean) this.count = this.sum = 0;
    if (period > LONGEST_PERIOD) return;
    this.hasSounded = true;
    this.sum += period;
    this.count++;
    if (this.count < AVERAGED_PERIODS) return;
    this.sum /= 2;
    this.count /= 2;
  }

  /** The frequency of the tone in hertz; 0 while it is silent. */
  get hertz(): number {
    const period = this.sum / this.count;
    return this.board.nanos - this.roseAt <= SILENT_PERIODS * period ? 1e9 / period : 0;
  }

  /** The tone now; if it is silent, the last tone since this was called before: so none is too short to be heard of. */
  takeHertz(): number {
    const { hasSounded } = this;
    this.hasSounded = false;
    return hasSounded && this.count > 0 ? 1e9 / (this.sum / this.count) : this.hertz;
  }
}
