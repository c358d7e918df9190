/** Keeps the newest of many things that happen faster than they can be shown, and counts the others. */
export class Newest<T> {
  private items: T[] = [];
  private dropped = 0;

  constructor(private readonly limit: number) {}

  push(item: T): void {
    this.items.push(item);
    // Cut off in large pieces, so that it costs nothing per item.
    if (this.items.length >= 2 * this.limit) this.cut();
  }

  /** Hands over what came since the last time. */
  take(): { items: T[]; dropped: number } {
    if (this.items.length > this.limit) this.cut();
    const taken = { items: this.items, dropped: this.dropped };
    this.items = [];
    this.dropped = 0;
    return taken;
  }

  private cut(): void {
    const surplus = this.items.length - this.limit;
    this.items.splice(0, surplus);
    this.dropped += surplus;
  }
}
