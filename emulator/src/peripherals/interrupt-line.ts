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

  /** The causes, what is enabled or what is forced has changed. */
  update(raw: number): void {
    const isAsserted = this.status(raw) !== 0;
    if (isAsserted === this.isAsserted) return;
    this.isAsserted = isAsserted;
    this.set(isAsserted);
  }
}
