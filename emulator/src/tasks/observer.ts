import type { Pico } from '../board/pico.js';
import type { Image } from '../firmware/image.js';
import { interruptName } from './exception-names.js';
import type { TaskEvent, TaskInfo, TaskSnapshot, Waker } from './model.js';
import { TaskReader, WaitState } from './reader.js';
import type { RunningStep } from './step-samples.js';

interface Watched {
  readonly id: number;
  readonly address: number;
  readonly loop: Followed;
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

interface Followed {
  readonly address: number;
  /** The task whose step it is. */
  running: { readonly task: Watched; readonly since: number } | undefined;
  /** It may have tasks already. It cannot be asked at once: a loop is made known before it is made. */
  hasOldTasks: boolean;
}

/**
 * Follows the tasks of a firmware while it runs on the emulated Pico: who runs when, who wakes whom, how long steps take.
 *
 * It watches four kinds of words in RAM, the list of loops, each loop's current and newest task, and each task's state, and takes no simulated
 * time. The time of an event is the cycle at which the store that says so starts.
 */
export class TaskObserver {
  private readonly reader: TaskReader;
  private readonly tasks = new Map<number, Watched>();
  private loops: Followed[] = [];
  private links: readonly number[] = [];
  private unnamed: Watched[] = [];
  private lastId = 0;

  /** @throws UnknownVersion */
  constructor(
    private readonly pico: Pico,
    image: Image,
    private readonly onEvent: (event: TaskEvent) => void = () => {},
  ) {
    this.reader = new TaskReader(image, pico.inspect);
    if (!this.isUasync) return;
    pico.inspect.onStore = (address, _size, core) => this.stored(address, core);
    this.followLoops();
  }

  /** Whether the firmware was made with uasync; of others nothing is seen. */
  get isUasync(): boolean {
    return this.reader.descriptor !== undefined;
  }

  /** The tasks whose steps go on, one a loop at most, and since when. */
  get running(): readonly { readonly id: number; readonly since: number }[] {
    return this.loops.flatMap(({ running }) => (running === undefined ? [] : [{ id: running.task.id, since: running.since }]));
  }

  /** The steps that go on and are not interrupted, one a core at most, and where each is. */
  get executing(): readonly RunningStep[] {
    return this.loops.flatMap((loop): RunningStep[] => {
      const { running } = loop;
      const registers = running && this.registersOf(loop);
      return running === undefined || registers === undefined ? [] : [{ id: running.task.id, since: running.since, pc: registers[15] ?? 0 }];
    });
  }

  /** All unfinished tasks as they are now. */
  snapshot(): TaskSnapshot {
    this.nameNewcomers();
    const { nanos } = this.pico;
    const records = this.reader.read((task) => this.tasks.get(task)?.name);
    const tasks = records.flatMap((record): TaskInfo[] => {
      const watched = this.tasks.get(record.address);
      if (watched === undefined) return [];
      const { running } = watched.loop;
      const isRunning = running?.task === watched;
      const step = isRunning ? nanos - running.since : 0;
      const isLongest = step > watched.longestStep;
      return [
        {
          ...record,
          id: watched.id,
          since: isRunning ? running.since : watched.since,
          place: isRunning ? this.runningPlace(watched.loop) : record.place,
          activity: {
            runNanos: watched.runNanos + step,
            steps: watched.steps + (isRunning ? 1 : 0),
            wakes: watched.wakes,
            longestStep: isLongest ? step : watched.longestStep,
            longestStepAt: isLongest ? running?.since : watched.longestStepAt,
          },
        },
      ];
    });
    return { nanos, tasks };
  }

  /** Reports the steps that are still going on as if they ended now: for the end of a recording. */
  finish(): void {
    this.nameNewcomers();
    for (const loop of this.loops) this.endStep(loop);
  }

  private stored(address: number, core: number): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    if (this.links.includes(address)) {
      this.followLoops();
      return;
    }
    for (const loop of this.loops) {
      if (address === loop.address + d.loopAllLast) {
        this.noteNewcomer(loop);
        return;
      }
      if (address === loop.address + d.loopCurrent) {
        this.nameNewcomers();
        this.changeStep(loop);
        return;
      }
    }
    this.noteState((address & ~3) - (d.taskState & ~3), core);
  }

  /** A loop began, ended, or is another one. */
  private followLoops(): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    const { inspect } = this.pico;
    const present = this.reader.loops();
    for (const loop of this.loops) {
      if (present.includes(loop.address)) continue;
      this.endStep(loop);
      inspect.unwatch(loop.address + d.loopCurrent);
      inspect.unwatch(loop.address + d.loopAllLast);
      for (const task of [...this.tasks.values()]) if (task.loop === loop) this.end(task, 'the loop ended');
    }
    this.loops = present.map((address) => this.loops.find((loop) => loop.address === address) ?? this.follow(address));
    for (const link of this.links) inspect.unwatch(link);
    this.links = this.reader.loopLinks();
    for (const link of this.links) inspect.watch(link);
  }

  private follow(address: number): Followed {
    const d = this.reader.descriptor;
    if (d !== undefined) {
      this.pico.inspect.watch(address + d.loopCurrent);
      this.pico.inspect.watch(address + d.loopAllLast);
    }
    return { address, running: undefined, hasOldTasks: true };
  }

  private adoptOldTasks(loop: Followed): void {
    loop.hasOldTasks = false;
    for (const address of this.reader.addresses(loop.address)) {
      if (!this.tasks.has(address)) this.add(loop, address);
    }
    this.nameNewcomers();
  }

  private noteNewcomer(loop: Followed): void {
    const d = this.reader.descriptor;
    const address = d && this.pico.inspect.word(loop.address + d.loopAllLast);
    if (address && !this.tasks.has(address)) this.add(loop, address);
  }

  private add(loop: Followed, address: number): void {
    const d = this.reader.descriptor;
    if (d === undefined) return;
    const { nanos } = this.pico;
    const task: Watched = {
      id: ++this.lastId,
      address,
      loop,
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

  private changeStep(loop: Followed): void {
    this.endStep(loop);
    const current = this.reader.current(loop.address);
    if (current === undefined) return;
    if (loop.hasOldTasks) this.adoptOldTasks(loop);
    const task = this.tasks.get(current);
    if (task === undefined) return;
    loop.running = { task, since: this.pico.nanos };
  }

  private endStep(loop: Followed): void {
    if (loop.running === undefined) return;
    const { task, since } = loop.running;
    const { nanos } = this.pico;
    loop.running = undefined;
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

  /** What runs of some loops: the step that began last, as it interrupted the others. */
  private innermost(loops: readonly Followed[]): Followed['running'] {
    return loops.flatMap(({ running }) => running ?? []).sort((a, b) => b.since - a.since)[0];
  }

  private runningPlace(loop: Followed): TaskInfo['place'] {
    const registers = this.registersOf(loop);
    return registers && this.reader.runningPlace(registers);
  }

  /** Those of its task that runs. Unknown if another loop has interrupted it, as they are somewhere on the stack then. */
  private registersOf(loop: Followed): ArrayLike<number> | undefined {
    const core = this.reader.coreOf(loop.address);
    const { inspect } = this.pico;
    const here = this.loops.filter(({ address }) => this.reader.coreOf(address) === core);
    return this.innermost(here) === loop.running ? (inspect.cores[core] ?? inspect).registers() : undefined;
  }

  private noteState(address: number, core: number): void {
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
      this.onEvent({ kind: 'woken', nanos, id: task.id, by: this.waker(core) });
    }
  }

  private waker(core: number): Waker {
    const exception = (this.pico.inspect.cores[core] ?? this.pico.inspect).exception;
    // An interrupt may be a loop's: then it is one of its tasks, or the loop itself.
    const here = this.loops.filter(({ address }) => this.reader.coreOf(address) === core && this.reader.exceptionOf(address) === exception);
    if (exception !== 0 && here.length === 0) return { kind: 'interrupt', name: interruptName(exception) };
    const running = this.innermost(here);
    return running ? { kind: 'task', id: running.task.id } : { kind: 'timer' };
  }

  private end(task: Watched, how: string): void {
    const d = this.reader.descriptor;
    this.nameNewcomers();
    if (task.loop.running?.task === task) this.endStep(task.loop);
    this.tasks.delete(task.address);
    if (d !== undefined) this.pico.inspect.unwatch(task.address + d.taskState);
    this.onEvent({ kind: 'ended', nanos: this.pico.nanos, id: task.id, how });
  }
}
