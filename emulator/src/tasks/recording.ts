import type { TaskEvent } from './model.js';

/** Enough for minutes of most firmware, and not too much for a viewer of traces. */
export const MOST_EVENTS = 200_000;

/** Keeps the newest of what happens to tasks, and all their names. */
export class TaskRecording {
  private readonly names: TaskEvent[] = [];
  private others: TaskEvent[] = [];
  private leftOut = 0;

  constructor(private readonly most = MOST_EVENTS) {}

  readonly push = (event: TaskEvent): void => {
    if (event.kind === 'created') {
      this.names.push(event);
      return;
    }
    this.others.push(event);
    // Cut off in large pieces, so that it costs nothing per event.
    if (this.others.length >= 2 * this.most) this.cut();
  };

  /** The events, and how many older ones were left out. */
  take(): { events: readonly TaskEvent[]; leftOut: number } {
    if (this.others.length > this.most) this.cut();
    return { events: [...this.names, ...this.others], leftOut: this.leftOut };
  }

  private cut(): void {
    const surplus = this.others.length - this.most;
    this.others.splice(0, surplus);
    this.leftOut += surplus;
  }
}
