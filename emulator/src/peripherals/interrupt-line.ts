/** Places behind INTR. */
const INTE = 4;
const INTF = 8;

/** An interrupt of a block: which of its causes are enabled, and which are pretended to. */
export class InterruptLine {
  enabled = 0;
  forced = 0;
  private isAsserted = false;

  /** @param set called with each change of the line */
  constructor(private readonly set: (isAsserted: boolean) => void) {}

  /** What is there of some causes. */
  status(raw: number): number {
    return (raw & this.enabled) | this.forced;
  }

  /** A load of INTR, INTE, INTF or INTS, which follow each other; undefined for a place that is none of them. */
  read(place: number, raw: number): number | undefined {
    return [raw, this.enabled, this.forced, this.status(raw)][place >> 2];
  }

  /** A store to INTE or INTF. False for a place that is neither. */
  write(place: number, value: number): boolean {
    if (place === INTE) this.enabled = value;
    else if (place === INTF) this.forced = value;
    else return false;
    return true;
  }

  /** The causes, what is enabled or what is forced has changed. */
  update(raw: number): void {
    const isAsserted = this.status(raw) !== 0;
    if (isAsserted === this.isAsserted) return;
    this.isAsserted = isAsserted;
    this.set(isAsserted);
  }
}
