/** What drives the pins from outside: several devices, or a person, may be at one pin. A low level wins, as on a wire with open drains. */
export class PinDrivers {
  private readonly levels = new Map<number, Map<object, 0 | 1>>();

  /** The pins that are driven. */
  get pins(): Iterable<number> {
    return this.levels.keys();
  }

  /** The level that a pin is driven to; undefined if everybody lets go of it. */
  level(pin: number): 0 | 1 | undefined {
    const levels = this.levels.get(pin);
    if (levels === undefined) return undefined;
    return [...levels.values()].includes(0) ? 0 : 1;
  }

  /** @param driver who drives the pin, or lets go of it */
  set(pin: number, driver: object, level: 0 | 1 | undefined): void {
    const levels = this.levels.get(pin) ?? new Map<object, 0 | 1>();
    if (level === undefined) levels.delete(driver);
    else levels.set(driver, level);
    if (levels.size === 0) this.levels.delete(pin);
    else this.levels.set(pin, levels);
  }
}
