/** A stretch of simulated time, in nanoseconds. */
export interface TimeSpan {
  readonly start: number;
  readonly end: number;
}

/** What an instrument shows, as one tells it to another. */
export interface ViewState extends TimeSpan {
  /** Whether it moves along with the present. */
  readonly following: boolean;
}

const SHORTEST = 500;
const LONGEST = 24 * 3600e9;
const FIRST = 2e9;

/** The stretch of time that an instrument shows: at first the latest, until somebody moves it. */
export class TimeView {
  private from = 0;
  private length = FIRST;
  private now = 0;
  private isFollowing = true;

  get start(): number {
    return this.isFollowing ? Math.max(0, this.now - this.length) : this.from;
  }

  get end(): number {
    return this.start + this.length;
  }

  get state(): ViewState {
    return { start: this.start, end: this.end, following: this.isFollowing };
  }

  set state({ start, end, following }: ViewState) {
    this.show(start, end);
    this.isFollowing = following;
  }

  /** What is the present. */
  setNow(nanos: number): void {
    this.now = nanos;
  }

  /** Another run begins; the length that is shown stays. */
  clear(): void {
    this.now = 0;
    this.from = 0;
    this.isFollowing = true;
  }

  /** Shows the present from now on. */
  follow(): void {
    this.isFollowing = true;
  }

  /** Shows all there is, or what fits. */
  showAll(): void {
    this.show(0, Math.max(this.now * 1.02, SHORTEST));
  }

  /**
   * Shows `1 / factor` as much time as before, with `at` staying where it is; the present does while it is followed.
   */
  zoom(factor: number, at: number): void {
    const length = clamp(this.length / factor, SHORTEST, LONGEST);
    if (!this.isFollowing) this.from = Math.max(0, at - ((at - this.from) * length) / this.length);
    this.length = length;
  }

  /** Moves on by so many nanoseconds; back to the present, it follows that again. */
  pan(nanos: number): void {
    const { start } = this;
    const latest = Math.max(0, this.now - this.length);
    this.from = clamp(start + nanos, 0, latest);
    this.isFollowing = start + nanos >= latest;
  }

  /** Has a moment in view, without moving if it is. */
  reveal(nanos: number): void {
    if (nanos >= this.start && nanos <= this.end) return;
    this.show(nanos - this.length / 2, nanos + this.length / 2);
  }

  private show(start: number, end: number): void {
    this.length = clamp(end - start, SHORTEST, LONGEST);
    this.from = Math.max(0, start);
    this.isFollowing = false;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
