/** A step of a task. Times are simulated nanoseconds. */
export interface StepSoFar {
  /** The task's number. */
  readonly id: number;
  readonly since: number;
}

/** A step that took too long. */
export interface LongStep extends StepSoFar {
  /** What the task is called. */
  readonly name: string;
  readonly nanos: number;
  /** Whether it still goes on. */
  readonly isOpen: boolean;
}

/** Notices steps that take longer than a limit: each once, as soon as it does. */
export class LongSteps {
  /** Nothing is noticed at first. */
  limitNanos = Infinity;

  private found: LongStep | undefined;
  /** Since when each task is in the step that was noticed of it last. */
  private readonly noticed = new Map<number, number>();

  /** @param nameOf what a task is called that is not over */
  constructor(private readonly nameOf: (id: number) => string) {}

  /** The moment, after now, at which the first of some steps that go on will have taken too long. */
  dueAt(steps: readonly StepSoFar[], now: number): number {
    return Math.min(...steps.map(({ since }) => since + this.limitNanos).filter((due) => due > now));
  }

  /** These steps still go on. */
  goOn(steps: readonly StepSoFar[], now: number): void {
    for (const step of steps) this.check(step, now - step.since, true);
  }

  /** This step is over. */
  end(step: StepSoFar, end: number): void {
    this.check(step, end - step.since, false);
    this.noticed.delete(step.id);
  }

  /** The first step that was noticed since the last time. */
  take(): LongStep | undefined {
    const { found } = this;
    this.found = undefined;
    return found;
  }

  private check({ id, since }: StepSoFar, nanos: number, isOpen: boolean): void {
    if (isOpen ? nanos < this.limitNanos : nanos <= this.limitNanos) return;
    if (this.isNoticed({ id, since })) return;
    this.noticed.set(id, since);
    this.found ??= { id, since, name: this.nameOf(id), nanos, isOpen };
  }

  private isNoticed({ id, since }: StepSoFar): boolean {
    return this.noticed.get(id) === since;
  }
}
