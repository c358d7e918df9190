import type { TaskEvent, TaskSnapshot, Waker } from '../../../src/tasks/model.js';
import { type LaneOfTask, SourceLane, TaskLane } from './task-lane.js';

/** Tasks that are remembered; of more, those that ended first are forgotten. */
const TASKS_KEPT = 64;

/** What happened to the tasks, as far back as memory goes: bounded for each task, so that a busy one does not push out the others. */
export class TaskHistory {
  private readonly tasks = new Map<number, TaskLane>();
  private readonly wakers: SourceLane[] = [];
  private forgotTasks = 0;
  private sorted: readonly TaskLane[] | undefined;

  /** The tasks, those that ended among them, by number. */
  get taskLanes(): readonly TaskLane[] {
    this.sorted ??= [...this.tasks.values()].sort((a, b) => a.id - b.id);
    return this.sorted;
  }

  /** How many tasks that had ended are no longer remembered, since more came after them. */
  get forgotten(): number {
    return this.forgotTasks;
  }

  /** The timers and interrupts that woke tasks. */
  get sourceLanes(): readonly SourceLane[] {
    return this.wakers;
  }

  clear(): void {
    this.tasks.clear();
    this.wakers.length = 0;
    this.sorted = undefined;
    this.forgotTasks = 0;
  }

  push(events: readonly TaskEvent[]): void {
    for (const event of events) {
      const lane = this.laneOf(event.id);
      if (event.kind === 'created') lane.create(event.nanos, event.name);
      else if (event.kind === 'step') lane.step(event.nanos, event.end, event.steps);
      else if (event.kind === 'ended') lane.end(event.nanos, event.how);
      else lane.wake(event.nanos, this.codeOf(event.by, event));
    }
    this.forget();
  }

  /** Takes over what a look at the tasks shows: names, what goes on, and the end of those whose events were lost. */
  update(snapshot: TaskSnapshot): void {
    const present = new Set(snapshot.tasks.map(({ id }) => id));
    for (const task of snapshot.tasks) this.laneOf(task.id).observe(task, snapshot.nanos);
    for (const lane of this.tasks.values()) {
      if (!present.has(lane.id) && lane.ended === undefined && lane.lastNanos <= snapshot.nanos) lane.end(lane.lastNanos, 'ended');
    }
  }

  /** Who woke a task, by the number that its lane holds for it. */
  sourceOf(code: number): LaneOfTask | undefined {
    return code >= 0 ? this.tasks.get(code) : this.wakers[-code - 1];
  }

  /** All that is remembered, in order of time. */
  events(): TaskEvent[] {
    const events = this.taskLanes.flatMap((lane) => lane.events((code) => this.wakerOf(code)));
    return events.sort((a, b) => a.nanos - b.nanos);
  }

  private laneOf(id: number): TaskLane {
    let lane = this.tasks.get(id);
    if (lane === undefined) {
      lane = new TaskLane(id);
      this.tasks.set(id, lane);
      this.sorted = undefined;
    }
    return lane;
  }

  private codeOf(by: Waker, { nanos, id }: { nanos: number; id: number }): number {
    if (by.kind === 'task') return by.id;
    const name = by.kind === 'timer' ? 'timer' : by.name;
    let index = this.wakers.findIndex((lane) => lane.kind === by.kind && lane.name === name);
    if (index < 0) index = this.wakers.push(new SourceLane(by.kind, name)) - 1;
    this.wakers[index]?.ticks.push(nanos, id);
    return -index - 1;
  }

  private wakerOf(code: number): Waker | undefined {
    if (code >= 0) return { kind: 'task', id: code };
    const source = this.wakers[-code - 1];
    if (source === undefined) return undefined;
    return source.kind === 'timer' ? { kind: 'timer' } : { kind: 'interrupt', name: source.name };
  }

  private forget(): void {
    if (this.tasks.size <= TASKS_KEPT) return;
    const ended = [...this.tasks.values()].filter((lane) => lane.ended !== undefined);
    ended.sort((a, b) => (a.ended as number) - (b.ended as number));
    for (const { id } of ended.slice(0, this.tasks.size - TASKS_KEPT)) {
      this.tasks.delete(id);
      this.forgotTasks++;
    }
    this.sorted = undefined;
  }
}
