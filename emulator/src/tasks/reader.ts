import type { Global, Type } from '../firmware/dwarf/debug-info.js';
import type { Image } from '../firmware/image.js';
import { readableName, type Symbol } from '../firmware/symbols.js';
import { type Coroutine, Coroutines } from './coroutines.js';
import { printable } from '../printable.js';
import { ABSENT, type Descriptor, findDescriptor, findLoops, type LoopsDescriptor, type Memory } from './descriptor.js';
import { interruptName } from './exception-names.js';
import { Levels } from './levels.js';
import type { SourcePlace, TaskInfo, TaskState } from './model.js';
import { A_TASK, functionIn, localName, noted, type Notes, notesIn, plainName, waitOfAwaiter } from './words.js';

/** WaitState of `include/uasync/kernel/wait_list.hpp`. */
export const WaitState = { ready: 0, waiting: 1, shared: 2, sleeping: 3, forwarding: 4, callback: 5, failing: 6, done: 7, acquiring: 9 } as const;

/** Error of `include/uasync/error.hpp`, as the end of a task. */
const ENDINGS = ['returned', 'cancelled', 'timeout', 'no_memory', 'destroyed', 'misuse', 'unavailable', 'exception', 'deadlock', 'nested_run', 'shut_down', 'broken',
  'no_acknowledgement', 'bus_stuck', 'no_channel', 'bus_error'];

/**
 * More loops, tasks, and coroutines of all tasks together than any firmware has. Lists in damaged memory lead in circles, and into each
 * other.
 */
const MOST_LOOPS = 64;
const MOST = 4096;

/** How many tasks and coroutines may still be looked at. */
interface Allowance {
  tasks: number;
  frames: number;
}

/** What memory alone says of a task. */
export type TaskRecord = Omit<TaskInfo, 'id' | 'since' | 'activity'>;

/** How far objects may be nested, and how many bases a class may have: damaged debug information leads nowhere, but soon. */
const DEEPEST = 32;
const MOST_CLASSES = 64;

/** Of what a firmware says in RAM or flash of a task. */
const LONGEST_NAME = 200;

/** How far down the stack the running coroutine is looked for. */
const STACK_WORDS = 128;

/** The suspended coroutines of all tasks: of each, innermost first, and one after the other. */
interface Chains {
  readonly of: ReadonlyMap<number, readonly Frame[]>;
  readonly all: readonly Frame[];
}

interface Frame {
  readonly address: number;
  readonly coroutine: Coroutine;
  readonly number: number | undefined;
}

/**
 * Reads the tasks of a firmware out of its memory, wherever that is: an emulator, or a copy. docs/design/task_reader.md says by which rules.
 *
 * Without debug information it knows tasks, states and deadlines; without symbols not even names.
 */
export class TaskReader {
  /** Undefined for a firmware that was not made with uasync. */
  readonly descriptor: Descriptor | undefined;
  private readonly several: LoopsDescriptor | undefined;
  private readonly coroutines: Coroutines;
  private readonly notes: Notes;
  private readonly levels: Levels;
  private readonly timers = new Map<Type, number | undefined>();
  private globals: ReadonlyMap<number, Global> | undefined;

  /** @throws UnknownVersion */
  constructor(
    private readonly image: Image,
    private readonly memory: Memory,
  ) {
    this.descriptor = findDescriptor(image);
    this.notes = notesIn(image.words);
    this.several = findLoops(image);
    this.levels = new Levels(image, memory);
    this.coroutines = new Coroutines(image, (address, length) => memory.bytes(address, length));
  }

  /** The addresses of the loops, the oldest first: where there can be only one at a time, that which runs. */
  loops(): number[] {
    const { descriptor: d, several, memory } = this;
    const found = new Set<number>();
    if (d === undefined) return [];
    for (let loop = memory.word(d.loop); loop && found.size < MOST_LOOPS && !found.has(loop); loop = several && memory.word(loop + several.loopOlder)) found.add(loop);
    return [...found].reverse();
  }

  /** The words in which `loops` is kept. */
  loopLinks(): number[] {
    const { descriptor: d, several } = this;
    if (d === undefined) return [];
    return several === undefined ? [d.loop] : [d.loop, ...this.loops().map((loop) => loop + several.loopOlder)];
  }

  /** What runs a loop: `core 1`, `IRQ 26 of core 0`. Undefined where there is only one. @param loop one of `loops()` */
  loopName(loop: number): string | undefined {
    if (this.several === undefined) return undefined;
    if (this.several.loopContext === ABSENT) return `loop ${this.loops().indexOf(loop) + 1}`;
    const core = `core ${this.coreOf(loop)}`;
    const exception = this.exceptionOf(loop);
    return exception === 0 ? core : `${interruptName(exception)} of ${core}`;
  }

  /** The core that runs a loop. */
  coreOf(loop: number): number {
    return this.contextOf(loop) & 1;
  }

  /** The number of the exception whose handler runs a loop; 0 for one that a core runs. */
  exceptionOf(loop: number): number {
    return this.contextOf(loop) >> 1;
  }

  /** The task of a loop whose step it is. */
  current(loop: number): number | undefined {
    const { descriptor: d } = this;
    return (d && this.memory.word(loop + d.loopCurrent)) || undefined;
  }

  /** The addresses of all unfinished tasks of a loop, oldest first. */
  addresses(loop: number, left: Pick<Allowance, 'tasks'> = { tasks: MOST }): number[] {
    const { descriptor: d, memory } = this;
    const found = new Set<number>();
    if (d === undefined) return [];
    for (let task = memory.word(loop + d.loopAllFirst); task && left.tasks > 0 && !found.has(task); task = memory.word(task + d.taskAllNext)) {
      left.tasks--;
      found.add(task);
    }
    return [...found];
  }

  /** WaitState of a task. */
  waitState(task: number): number {
    return this.stateByte(task) & 15;
  }

  /** How a task that is done has ended, in a word. */
  ending(task: number): string {
    return ENDINGS[this.stateByte(task) >> 4] ?? 'failed';
  }

  /** A task's name: its own or its outermost coroutine's. Of a task that runs, only before its first step. */
  nameOf(task: number): string {
    return this.nameIn(task, () => this.chain(task));
  }

  /** @param chain gives the coroutines of the task */
  private nameIn(task: number, chain: () => readonly Frame[]): string {
    const { descriptor: d } = this;
    if (d === undefined) return '?';
    if (d.taskName !== ABSENT) {
      const own = this.text(this.memory.word(task + d.taskName));
      if (own !== undefined) return own;
    }
    const outermost = chain().at(-1)?.coroutine;
    // Without symbols a firmware that keeps names still has the signature.
    const signature = outermost?.code === undefined && d.taskFunction !== ABSENT ? this.text(this.memory.word(task + d.taskFunction)) : undefined;
    return (signature && functionIn(signature)) ?? outermost?.name ?? '?';
  }

  /** All tasks. @param knownName of tasks whose names are known better, as those of tasks that run */
  read(knownName: (task: number) => string | undefined = () => undefined): TaskRecord[] {
    const left: Allowance = { tasks: MOST, frames: MOST };
    const loops = this.loops().map((loop) => ({ loop, current: this.current(loop), tasks: this.addresses(loop, left) }));
    const of = new Map(loops.flatMap(({ current, tasks }) => tasks.map((task) => [task, task === current ? [] : this.chain(task, left)] as const)));
    const chains: Chains = { of, all: [...of.values()].flat() };
    const running = new Set(loops.map(({ current }) => current));
    const names = new Map<number, string>();
    const nameOf = (task: number): string => {
      const name = names.get(task) ?? knownName(task) ?? this.nameIn(task, () => (running.has(task) ? undefined : of.get(task)) ?? this.chain(task, left));
      names.set(task, name);
      return name;
    };
    return loops.flatMap(({ loop, current, tasks }) => {
      const name = this.loopName(loop);
      const records = tasks.map((task) => ({ ...this.describe(task, of.get(task) ?? [], task === current, nameOf, chains), loop: name }));
      const first = this.several && this.memory.word(loop + this.several.loopLevels);
      return this.levels.tell(records, (task) => this.holder(task), first);
    });
  }

  /** Where the innermost coroutine of the running task is, from the registers and the stack. @param registers r0 to r12, sp, lr, pc */
  runningPlace(registers: ArrayLike<number>): SourcePlace | undefined {
    const [sp = 0, lr = 0, pc = 0] = [registers[13], registers[14], registers[15]];
    const stack = Array.from({ length: STACK_WORDS }, (_, index) => this.memory.word(sp + 4 * index) ?? 0);
    // A return address lies behind the call, which may be the last instruction of its line.
    const code = [pc + 2, lr, ...stack].find((address) => this.coroutines.isCode(address - 2));
    return code === undefined ? undefined : this.coroutines.placeAt(((code - 2) & ~1) >>> 0);
  }

  private contextOf(loop: number): number {
    const { several } = this;
    return several === undefined || several.loopContext === ABSENT ? 0 : (this.memory.word(loop + several.loopContext) ?? 0);
  }

  /** The task that holds the lock that a task waits for. It may have ended. */
  private holder(task: number): number | undefined {
    const { descriptor: d, memory } = this;
    if (d === undefined || d.lockOwner === 0 || this.waitState(task) !== WaitState.acquiring) return undefined;
    const lock = memory.word(task + d.taskWaited);
    const owner = lock && memory.word(lock + d.lockOwner);
    return owner ? (owner & ~1) >>> 0 : undefined;
  }

  /** The suspended coroutines of a task, innermost first. */
  private chain(task: number, left: Pick<Allowance, 'frames'> = { frames: MOST }): Frame[] {
    const { descriptor: d, memory } = this;
    const frames: Frame[] = [];
    const seen = new Set<number>();
    if (d === undefined) return frames;
    for (let frame = memory.word(task + d.taskLeaf); frame && !seen.has(frame) && left.frames > 0; ) {
      seen.add(frame);
      left.frames--;
      const resume = memory.word(frame);
      if (!resume) break;
      const coroutine = this.coroutines.at(resume);
      const { index } = coroutine;
      const bytes = index && memory.bytes(frame + index.offset, index.width);
      frames.push({ address: frame, coroutine, number: bytes?.reduce((sum, byte, place) => sum + byte * 256 ** place, 0) });
      const continuation = memory.word(frame + d.framePromise + d.promiseContinuation) ?? 0;
      if ((continuation & 1) === 0) break;
      const pointer = (continuation & ~3) >>> 0;
      frame = continuation & 2 ? memory.word(pointer + d.scopeParent) : pointer;
    }
    return frames;
  }

  private describe(task: number, chain: readonly Frame[], runs: boolean, nameOf: (task: number) => string, chains: Chains): TaskRecord {
    const state = this.waitState(task);
    const [innermost] = chain;
    const coroutines = chain.map(({ coroutine, number }) => ({
      name: coroutine.name,
      place: number === undefined ? undefined : this.coroutines.placeOf(coroutine, number),
      frameBytes: coroutine.frame?.size,
    }));
    const waits = state === WaitState.waiting || state === WaitState.shared || state === WaitState.acquiring || state === WaitState.forwarding || state === WaitState.sleeping;
    const what = waits && !runs ? this.waitOf(task, state, innermost, nameOf, chains) : undefined;
    const sizes = coroutines.map(({ frameBytes }) => frameBytes);
    return {
      address: task,
      name: nameOf(task),
      state: runs ? 'running' : (STATES[state] ?? 'ending'),
      waitsFor: what?.words,
      object: what?.object,
      deadline: state === WaitState.sleeping ? this.deadline(task) : waits ? this.timeout(chain) : undefined,
      place: (coroutines.find(({ name, place }) => place !== undefined && !name.startsWith('uasync::')) ?? coroutines[0])?.place,
      bytes: runs || sizes.some((size) => size === undefined) ? undefined : (sizes as number[]).reduce((a, b) => a + b, this.descriptor?.taskSize ?? 0),
      coroutines: [...coroutines].reverse(),
    };
  }

  private waitOf(task: number, state: number, innermost: Frame | undefined, nameOf: (task: number) => string, chains: Chains): { words: string | undefined; object?: string | undefined } {
    const d = this.descriptor as Descriptor;
    const said = d.taskWaitsFor === ABSENT ? undefined : this.text(this.memory.word(task + d.taskWaitsFor));
    const awaiter = innermost?.number === undefined ? undefined : this.coroutines.awaiterOf(innermost.coroutine, innermost.number);
    const words = (type?: Type): string | undefined => said ?? (awaiter?.type && waitOfAwaiter(this.notes, awaiter.type.name, classes(type)));
    const waited = this.memory.word(task + d.taskWaited) ?? 0;
    if (state === WaitState.sleeping) return { words: words() ?? 'sleep' };
    if (state === WaitState.forwarding) {
      const table = this.image.objects.at(this.memory.word(waited) ?? 0);
      const hook = table && noted(this.notes, readableName(table.name));
      const joined = hook === A_TASK ? this.memory.word(waited + d.joinedTask) : undefined;
      return { words: joined && chains.of.has(joined) ? `task ${nameOf(joined)}` : (words() ?? hook) };
    }
    const object = this.objectAt(waited, chains);
    return { words: words(object?.type) ?? (object?.type && plainName(object.type.name)), object: object?.name };
  }

  /** The variable in which an address lies: a global one, or one in a coroutine's frame. */
  private objectAt(address: number, chains: Chains): { name: string; type: Type | undefined } | undefined {
    for (const { address: frame, coroutine } of chains.all) {
      const { frame: layout } = coroutine;
      const offset = address - frame;
      if (layout?.size === undefined || offset < 0 || offset >= layout.size) continue;
      const member = holding(layout, offset);
      const name = member && localName(member.name);
      return member !== undefined && name !== undefined ? within(name, member.type, offset - member.offset) : undefined;
    }
    const symbol = this.image.objects.at(address);
    if (symbol === undefined || this.isPool(symbol, chains)) return undefined;
    this.globals ??= new Map([...(this.image.debug?.globals ?? [])].reverse().map((global) => [global.address, global]));
    const known = this.globals.get(symbol.address);
    return within(known?.name ?? readableName(symbol.name), known?.type, address - symbol.address);
  }

  /** Whether tasks live in an object: it says nothing of what is in it. */
  private isPool({ address, size }: Symbol, chains: Chains): boolean {
    for (const task of chains.of.keys()) if (task >= address && task < address + size) return true;
    return false;
  }

  /** The earliest timer in the awaiters of a task's coroutines: `wait_for` keeps one, and so does a Ticker's tick. */
  private timeout(chain: readonly Frame[]): number | undefined {
    const due = chain.flatMap(({ address, coroutine, number }) => {
      const awaiter = number === undefined ? undefined : this.coroutines.awaiterOf(coroutine, number);
      const offset = awaiter?.type && timerIn(awaiter.type, this.timers);
      if (awaiter === undefined || offset === undefined) return [];
      const timer = address + awaiter.offset + offset;
      return this.waitState(timer) === WaitState.callback ? (this.deadline(timer) ?? []) : [];
    });
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  private deadline(task: number): number | undefined {
    const { descriptor: d, memory } = this;
    const low = d && memory.word(task + d.taskDeadlineLow);
    const high = d && memory.word(task + d.taskDeadlineHigh);
    return low === undefined || high === undefined ? undefined : ((high & 0x7ffff) * 2 ** 32 + low) * 1000;
  }

  private stateByte(task: number): number {
    return (this.descriptor && this.memory.byte(task + this.descriptor.taskState)) ?? WaitState.done;
  }

  private text(address: number | undefined): string | undefined {
    if (!address) return undefined;
    const bytes: number[] = [];
    for (let at = address; bytes.length < LONGEST_NAME; at++) {
      const byte = this.memory.byte(at);
      if (byte === undefined) return undefined;
      if (byte === 0) return printable(new TextDecoder().decode(Uint8Array.from(bytes)));
      bytes.push(byte);
    }
    return undefined;
  }
}

const STATES: readonly TaskState[] = ['ready', 'waiting', 'waiting', 'sleeping', 'waiting', 'waiting', 'ending', 'ending', 'waiting', 'waiting'];

/** The name of a class, and then of those that it is derived from. */
function classes(type: Type | undefined): string[] {
  const found = new Set<Type>();
  const follow = (next: Type | undefined, depth: number): void => {
    if (next === undefined || depth === DEEPEST || found.has(next) || found.size === MOST_CLASSES) return;
    found.add(next);
    for (const member of next.members) if (member.name === '') follow(member.type, depth + 1);
  };
  follow(type, 0);
  return [...found].map(({ name }) => name);
}

/**
 * Where an awaiter keeps a timer of its own; undefined if it has none.
 *
 * @param known what was found in types, so that each is looked at once, however often it is in others
 */
function timerIn(type: Type, known: Map<Type, number | undefined>, depth = 0): number | undefined {
  if (type.name === 'LoopCallback') return 0;
  if (known.has(type) || depth === DEEPEST) return known.get(type);
  known.set(type, undefined); // for a type that contains itself
  for (const member of type.members) {
    const found = member.type && timerIn(member.type, known, depth + 1);
    if (found === undefined) continue;
    known.set(type, member.offset + found);
    break;
  }
  return known.get(type);
}

/** The member of a structure that covers an offset. */
function holding(type: Type, offset: number): Type['members'][number] | undefined {
  let found: Type['members'][number] | undefined;
  for (const member of type.members) {
    if (member.offset > offset || offset >= member.offset + (member.type?.size ?? 1)) continue;
    if (found === undefined || member.offset > found.offset) found = member;
  }
  return found;
}

/** Goes on from an object of the program's into its members, down to the primitive: the runtime's own members end in an underscore. */
function within(name: string, type: Type | undefined, offset: number, depth = 0): { name: string; type: Type | undefined } {
  const member = type && holding(type, offset);
  if (member === undefined || depth === DEEPEST || member.name === '' || member.name.endsWith('_')) return { name, type };
  return within(`${name}.${member.name}`, member.type, offset - member.offset, depth + 1);
}
