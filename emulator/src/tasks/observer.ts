import type { Pico } from '../board/pico.js';
import type { Image } from '../firmware/image.js';
import { interruptName } from './exception-names.js';
import type { TaskEvent, TaskInfo, TaskSnapshot, Waker } from './model.js';
import { TaskReader, WaitState } from './reader.js';

interface Watched {
  readonly id: number;
  readonly address: number;
  readonly createdAt: number;
  name: string | undefined;
  state: number;
  since: number;
  runNanos: number;
  steps: number;
  wakes: number;
  longestStep: number;
  longestStepAt: number | undefined;
}

/**
 * Follows the tasks of a firmware while it runs on the emulated Pico: who runs when, who wakes whom, how long steps take.
 *
 * It watches three kinds of words in RAM, the loop's current task, its newest task, and each task's state, and takes no simulated time. The
 * time of an event is the cycle at which the store that says so starts.
 */
export class TaskObserver {
  private readonly reader: TaskReader;
  private readonly tasks = new Map<number, Watched>();
  private loop: number | undefined;
  private running: { readonly task: Watched; readonly since: number } | undefined;
  private unnamed: Watched[] = [];
  private lastId = 0;
  /** The loop may have tasks already. It cannot be asked at once: the loop is made known before it is made. */
  private hasOldTasks = false;

  /** @throws UnknownVersion */
  constructor(
    private readonly pico: Pico,
    image: Image,
    private readonly onEvent: (event: TaskEvent) => void = () => {},
  ) {
    this.reader = new TaskReader(image, pico.inspect);
    const { descriptor } = this.reader;
    if (descriptor === undefined) return;
    pico.inspect.watch(descriptor.loop);
    pico.inspect.onStore = (address) => this.stored(address);
    this.followLoop();
  }

  /** Whether the firmware was made with uasync; of others nothing is seen. */
  get isUasync(): boolean {
    return this.reader.descriptor !== undefined;
  }

  /** All unfinished tasks as they are now. */
  snapshot(): TaskSnapshot {
    this.nameNewcomers();
    const { nanos } = this.pico;
    const records = this.reader.read((task) => this.tasks.get(task)?.name ?? this.reader.nameOf(task));
    const tasks = records.flatMap((record): TaskInfo[] => {
      const watched = this.tasks.get(record.address);
      if (watched === undefined) return [];
      const isRunning = this.running?.task === watched;
      const step = isRunning ? nanos - (this.running?.since ?? nanos) : 0;
      const isLongest = step > watched.longestStep;
      return [
        {
          ...record,
          id: watched.id,
          since: isRunning ? this.running?.since : watched.since,
          place: isRunning ? this.reader.runningPlace(this.pico.inspect.registers()) : record.place,
          activity: {
            runNanos: watched.runNanos + step,
            steps: watched.steps + (isRunning ? 1 : 0),
            wakes: watched.wakes,
            longestStep: isLongest ? step : watched.longestStep,
            longestStepAt: isLongest ? this.running?.since : watched.longestStepAt,
          },
        },
      ];
    });
    return { nanos, tasks };
  }

  /** Reports the step that is still going on as if it ended now: for the end of a recording. */
  finish(): void {
    this.nameNewcomers();
    this.endStep();
  }

  private stored(address: number): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    if (address === d.loop) {
      this.followLoop();
      return;
    }
    const { loop } = this;
    if (loop === undefined) return;
    if (address === loop + d.loopAllLast) {
      this.noteNewcomer();
    } else if (address === loop + d.loopCurrent) {
      this.nameNewcomers();
      this.changeStep();
    } else {
      this.noteState((address & ~3) - (d.taskState & ~3));
    }
  }

  /** The loop began, ended, or is another one. */
  private followLoop(): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    const { inspect } = this.pico;
    this.endStep();
    if (this.loop !== undefined) {
      inspect.unwatch(this.loop + d.loopCurrent);
      inspect.unwatch(this.loop + d.loopAllLast);
    }
    for (const task of [...this.tasks.values()]) this.end(task, 'the loop ended');
    this.loop = this.reader.loop;
    if (this.loop === undefined) return;
    inspect.watch(this.loop + d.loopCurrent);
    inspect.watch(this.loop + d.loopAllLast);
    this.hasOldTasks = true;
  }

  private adoptOldTasks(): void {
    this.hasOldTasks = false;
    for (const address of this.reader.addresses()) {
      if (!this.tasks.has(address)) this.add(address);
    }
    this.nameNewcomers();
  }

  private noteNewcomer(): void {
    const d = this.reader.descriptor;
    const address = d && this.loop !== undefined ? this.pico.inspect.word(this.loop + d.loopAllLast) : undefined;
    if (address && !this.tasks.has(address)) this.add(address);
  }

  private add(address: number): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    const { nanos } = this.pico;
    const task: Watched = {
      id: ++this.lastId,
      address,
      createdAt: nanos,
      name: undefined,
      state: WaitState.ready,
      since: nanos,
      runNanos: 0,
      steps: 0,
      wakes: 0,
      longestStep: 0,
      longestStepAt: undefined,
    };
    this.tasks.set(address, task);
    this.unnamed.push(task);
    this.pico.inspect.watch(address + d.taskState);
  }

  /** A task is named when it is whole: the store that makes it known need not be the last that makes it. */
  private nameNewcomers(): void {
    if (this.unnamed.length === 0) return;
    const newcomers = this.unnamed;
    this.unnamed = [];
    for (const task of newcomers) {
      task.name = this.reader.nameOf(task.address);
      this.onEvent({ kind: 'created', nanos: task.createdAt, id: task.id, name: task.name });
    }
  }

  private changeStep(): void {
    this.endStep();
    const { current } = this.reader;
    if (current === undefined) return;
    if (this.hasOldTasks) this.adoptOldTasks();
    const task = this.tasks.get(current);
    if (task === undefined) return;
    this.running = { task, since: this.pico.nanos };
  }

  private endStep(): void {
    if (this.running === undefined) return;
    const { task, since } = this.running;
    const { nanos } = this.pico;
    this.running = undefined;
    const length = nanos - since;
    task.steps++;
    task.runNanos += length;
    if (task.state === WaitState.ready) task.since = nanos;
    if (length > task.longestStep) {
      task.longestStep = length;
      task.longestStepAt = since;
    }
    this.onEvent({ kind: 'step', nanos: since, end: nanos, id: task.id });
  }

  private noteState(address: number): void {
    const task = this.tasks.get(address);
    if (task === undefined) return;
    const state = this.reader.waitState(task.address);
    if (state === task.state) return;
    this.nameNewcomers();
    const { nanos } = this.pico;
    const waited = task.state !== WaitState.ready && task.state !== WaitState.failing;
    task.state = state;
    task.since = nanos;
    if (state === WaitState.done) {
      this.end(task, this.reader.ending(task.address));
    } else if (waited && (state === WaitState.ready || state === WaitState.failing)) {
      task.wakes++;
      this.onEvent({ kind: 'woken', nanos, id: task.id, by: this.waker() });
    }
  }

  private waker(): Waker {
    const { exception } = this.pico.inspect;
    if (exception !== 0) return { kind: 'interrupt', name: interruptName(exception) };
    return this.running ? { kind: 'task', id: this.running.task.id } : { kind: 'timer' };
  }

  private end(task: Watched, how: string): void {
    const d = this.reader.descriptor;
    this.nameNewcomers();
    if (this.running?.task === task) this.endStep();
    this.tasks.delete(task.address);
    if (d !== undefined) this.pico.inspect.unwatch(task.address + d.taskState);
    this.onEvent({ kind: 'ended', nanos: this.pico.nanos, id: task.id, how });
  }
}
