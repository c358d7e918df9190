import type { TaskEvent } from '../../../src/tasks/model.js';

type Step = Extract<TaskEvent, { kind: 'step' }>;

/** Steps that follow each other at once are told together up to so long: shorter than what anybody calls a step that takes too long. */
const LONGEST_NANOS = 1e6;

/**
 * Tells the steps of a task that only yields, of which there may be a million in a second, a thousand at a time; all else as it is. What is
 * lost is where one of these steps ends and the next begins.
 */
export class Bursts {
  private burst: Step | undefined;

  constructor(private readonly tell: (event: TaskEvent) => void) {}

  push(event: TaskEvent): void {
    const { burst } = this;
    if (event.kind !== 'step') {
      this.flush();
      this.tell(event);
    } else if (burst !== undefined && burst.id === event.id && burst.end === event.nanos && event.end - burst.nanos <= LONGEST_NANOS) {
      this.burst = { ...burst, end: event.end, steps: (burst.steps ?? 1) + 1 };
    } else {
      this.flush();
      this.burst = event;
    }
  }

  /** Tells what was held back. */
  flush(): void {
    if (this.burst !== undefined) this.tell(this.burst);
    this.burst = undefined;
  }
}
