import type { RP2040 } from 'rp2040js';
import { describePlace, describeRegister, type SymbolTable } from '../firmware/symbols.js';
import type { FlashWindow } from '../flash/flash-window.js';
import { ROM_END } from '../memory-map.js';
import type { Timer } from '../peripherals/timer.js';
import type { Watchdog } from '../peripherals/watchdog.js';
import type { BootRom } from '../rom/boot-rom.js';
import { type RomFunction, UsbBoot, WaitForVector } from '../rom/rom-call.js';
import { BlockTimer } from './block-timer.js';
import { CodeCache } from './code-cache.js';
import { correctCore, type CorrectedCore, type CoreTools } from './corrections.js';
import { type Ending, endingAtBreakpoint } from './ending.js';
import { enterException, HARD_FAULT, takePending } from './exceptions.js';
import { CpuFault, MissingBootRom } from './fault.js';
import { execute } from './interpreter.js';
import type { Processor } from './processor.js';
import { canWakeItself } from './wake.js';

const WFE = 0xbf20;
/** How often an instruction is executed while both cores are awake before it is translated alone. */
const HOT_SINGLE = 100;

/** What the process stack pointer has after a reset: anything (ARMv6-M B1.5.5), so that a program that relies on 0 shows. */
const UNKNOWN = 0xa5a5a5a4;

/** What the cores share and each must know of. */
export interface CoreSurroundings extends CoreTools {
  readonly timer: Timer;
  readonly watchdog: Watchdog;
  readonly symbols: SymbolTable;
  readonly rom: BootRom;
  readonly window: FlashWindow;
  /** A core has executed `sev`. */
  onSendEvent(): void;
  /** A core has gone to where the boot ROM holds core 1 out of reset. */
  onWaitForVector(index: number): void;
}

/** The time that passes for a core: the clock itself, or a position ahead of it. */
export interface CoreTime {
  readonly cycles: number;
  readonly nanos: number;
  runCycles(cycles: number): void;
}

/** One of the two processors: executes instructions, sleeps and wakes, takes faults, and tells when it will not go on. */
export class Core {
  private readonly cpu: Processor;
  private readonly corrected: CorrectedCore;
  private readonly blocks: CodeCache;
  /** Blocks of one instruction, for while the other core is awake. */
  private single: CodeCache | undefined;
  private sleepsForEvent = false;
  private asleepSince = { nanos: 0, cycles: 0 };
  private asleepNanosSoFar = 0;
  private asleepCyclesSoFar = 0;
  private awakeSince = 0;
  private longestAwakeSoFar = 0;
  private atBreakpoint = false;
  private lastFault: string | undefined;
  private halted = false;

  /** @param chip the chip as this core sees it */
  constructor(
    readonly index: number,
    private readonly chip: RP2040,
    private readonly around: CoreSurroundings,
  ) {
    this.corrected = correctCore(chip, index, around, {
      onBreakpoint: () => (this.atBreakpoint = true),
      onSendEvent: () => around.onSendEvent(),
      onUnknownRegister: (peripheral) => around.registers.note(peripheral),
    });
    this.cpu = this.corrected.cpu;
    this.blocks = new CodeCache(this.cpu, chip, around.window, around.inspector.guards, { timer: new BlockTimer(around.clock, around.timer) });
  }

  /** It will not run again: its program has ended, or the other core has switched it off. */
  get isHalted(): boolean {
    return this.halted;
  }

  /** It does not run now: it sleeps, or is halted. */
  get isAsleep(): boolean {
    return this.cpu.waiting || this.halted;
  }

  /** The interrupts of which it would hear: all where each of them is an event (SEVONPEND). One bit each. */
  get heardInterrupts(): number {
    return this.corrected.interrupts.waking(true);
  }

  /** An exception has come that it has not looked at. */
  get isDisturbed(): boolean {
    return this.cpu.interruptsUpdated;
  }

  /** The instruction to execute next. */
  get programCounter(): number {
    return this.cpu.PC;
  }

  get asleepCycles(): number {
    return this.asleepCyclesSoFar + (this.cpu.waiting ? Math.max(0, this.around.clock.cycles - this.asleepSince.cycles) : 0);
  }

  get asleepNanos(): number {
    return this.asleepNanosSoFar + (this.cpu.waiting ? Math.max(0, this.around.clock.nanos - this.asleepSince.nanos) : 0);
  }

  /** The longest time without a sleep since {@link forgetAwake}, the one that goes on included. A `wfe` that falls through is no sleep. */
  get longestAwakeNanos(): number {
    const until = this.cpu.waiting ? this.asleepSince.nanos : this.around.clock.nanos;
    return Math.max(this.longestAwakeSoFar, until - this.awakeSince);
  }

  /** Takes the time without a sleep from now on. */
  forgetAwake(): void {
    this.longestAwakeSoFar = 0;
    this.awakeSince = this.around.clock.nanos;
  }

  /** The fault whose handler runs now, in words with its place; undefined while none does. */
  get hardFault(): string | undefined {
    return this.cpu.IPSR === HARD_FAULT ? `HardFault: ${this.lastFault}` : undefined;
  }

  /** Takes over the time that a core before it, of a chip that was reset, has slept. */
  continueSleepOf(before: Core): void {
    this.asleepCyclesSoFar = before.asleepCycles;
    this.asleepNanosSoFar = before.asleepNanos;
    this.longestAwakeSoFar = before.longestAwakeNanos;
    this.awakeSince = before.cpu.waiting ? this.around.clock.nanos : before.awakeSince;
  }

  start(vectorTable: number, stack: number, entry: number): void {
    this.cpu.VTOR = vectorTable;
    this.cpu.SP = stack;
    this.cpu.SPprocess = UNKNOWN;
    this.cpu.PC = entry & ~1;
    this.cpu.eventRegistered = false;
  }

  /** Ends its program. On silicon without a debugger, a breakpoint locks the core up; the power-on state machine can hold it in reset. */
  halt(): void {
    this.halted = true;
  }

  /** Its peripherals go: SysTick stands still. */
  stop(): void {
    this.corrected.sysTick.stop();
    this.blocks.close();
    this.single?.close();
  }

  signalEvent(): void {
    this.cpu.eventRegistered = true;
  }

  /**
   * Executes an instruction, after the entry into an interrupt's handler if one is due, and lets its time pass.
   *
   * @returns why the firmware will not go on, if that is so
   */
  step(time: CoreTime): Ending | undefined {
    const { cpu } = this;
    const start = cpu.PC;
    let pc = start;
    try {
      // Taken here, before the instruction, so that a fault is known to belong to the instruction and not to the entry.
      while (cpu.interruptsUpdated && takePending(cpu));
      // A breakpoint at a handler's first instruction stops there, and not behind it.
      if (cpu.PC !== pc && this.around.inspector.breakpoints.has(cpu.PC)) return undefined;
      pc = cpu.PC;
      const romFunction = pc < ROM_END ? this.around.rom.functionAt(pc) : undefined;
      if (romFunction !== undefined) return this.runRom(romFunction, time);
      const cycles = execute(cpu);
      cpu.isLeader = cpu.hasLeftBlock || pc !== start || (cpu.PC !== pc + 2 && cpu.PC !== pc + 4);
      cpu.hasLeftBlock = false;
      time.runCycles(cycles);
    } catch (error) {
      return this.takeFault(error, pc);
    }
    if (cpu.waiting) {
      this.sleepsForEvent = this.chip.readUint16(pc & ~1) === WFE;
      this.asleepSince = { nanos: time.nanos, cycles: time.cycles };
      this.corrected.interrupts.wakeIfDue(this.sleepsForEvent);
    }
    if (this.atBreakpoint) {
      this.atBreakpoint = false;
      cpu.PC = pc;
      return this.crash() ?? this.endAtBreakpoint(pc);
    }
    return cpu.PC === pc ? this.endIfStuck(pc) : undefined;
  }

  /**
   * Runs translated code, in which nothing happens that anybody outside the core could see, for at most `budget` cycles. The caller lets their
   * time pass.
   *
   * @returns how many cycles that took; 0 where there is none to run now
   */
  runBlocks(budget: number): number {
    const { cpu } = this;
    return cpu.interruptsUpdated || cpu.waiting ? 0 : this.blocks.run(budget, cpu.isLeader);
  }

  /** To be called before {@link runOne}. False if there is an exception to be looked at first. */
  prepareTurns(): boolean {
    if (this.cpu.interruptsUpdated) return false;
    this.single ??= new CodeCache(this.cpu, this.chip, this.around.window, this.around.inspector.guards, { hot: HOT_SINGLE, longest: 1 });
    this.single.prepare();
    return true;
  }

  /**
   * Executes an instruction in translated code, as {@link runBlocks} does.
   *
   * @returns how many cycles it takes; 0 if it is one for the interpreter, or not translated
   */
  runOne(): number {
    return this.single?.runOne() ?? 0;
  }

  /** Has the boot ROM's function do what it does in place of an instruction, and return to its caller if it is done. */
  private runRom(run: RomFunction, time: CoreTime): undefined {
    const { cpu } = this;
    const cycles = run(cpu);
    if (cycles > 0) cpu.PC = cpu.LR & ~1;
    cpu.isLeader = true;
    cpu.hasLeftBlock = false;
    time.runCycles(Math.abs(cycles));
  }

  /** Accounts for a sleep up to now, and ends it if something is there that does so. */
  wakeIfDue(): boolean {
    if (this.halted) return false;
    const { clock } = this.around;
    if (clock.cycles > this.asleepSince.cycles) {
      this.asleepNanosSoFar += clock.nanos - this.asleepSince.nanos;
      this.asleepCyclesSoFar += clock.cycles - this.asleepSince.cycles;
      this.longestAwakeSoFar = Math.max(this.longestAwakeSoFar, this.asleepSince.nanos - this.awakeSince);
      this.awakeSince = clock.nanos;
      this.asleepSince = { nanos: clock.nanos, cycles: clock.cycles };
    }
    return this.corrected.interrupts.wakeIfDue(this.sleepsForEvent);
  }

  /** Whether it can wake from its sleep without the other core, as long as any peripheral has something ahead. */
  canWakeItself(): boolean {
    return !this.halted && canWakeItself(this.chip, this.corrected, this.around.timer, this.sleepsForEvent);
  }

  /** The end of the HardFault handler, if it is there: whatever it had to say has been said. */
  crash(): Ending | undefined {
    const { hardFault } = this;
    return hardFault === undefined ? undefined : { kind: 'crashed', text: `crashed: ${hardFault}` };
  }

  /** The same for a handler that sleeps, where no watchdog gets it out of that. */
  crashAsleep(): Ending | undefined {
    return this.isAsleep && !this.around.watchdog.isRunning() ? this.crash() : undefined;
  }

  /** "at PC 0x10000234 (main+0x12), LR 0x10000101 (reset)". */
  place(pc = this.cpu.PC): string {
    const name = this.around.rom.nameAt(pc);
    const where = describePlace(pc, this.cpu.LR, this.around.symbols) + (this.index === 0 ? '' : `, on core ${this.index}`);
    return name === undefined ? where : `${where}, in the boot ROM's function ${name}`;
  }

  private endAtBreakpoint(pc: number): Ending {
    const { cpu, chip } = this;
    const resetHandler = chip.readUint32(cpu.VTOR + 4);
    return endingAtBreakpoint(this.place(pc), pc, cpu.LR, this.around.symbols, { resetHandler, readUint16: (address) => chip.readUint16(address) });
  }

  /** A branch to itself is a normal way to wait for an interrupt, but where none can come it is the end. */
  private endIfStuck(pc: number): Ending | undefined {
    const { cpu } = this;
    if (this.around.watchdog.isRunning()) return undefined;
    const crashed = this.crash();
    if (crashed !== undefined) return crashed;
    if (!cpu.PM && (cpu.IPSR === 0 || this.corrected.interrupts.canBePreempted())) return undefined;
    const where = cpu.IPSR ? `in the handler of exception ${cpu.IPSR}` : 'with interrupts disabled';
    return { kind: 'stuck', text: `endless loop ${where} ${this.place(pc)}` };
  }

  /** Core 1 goes back to where it came from; core 0 would wait there for words that nobody sends. */
  private waitForVector(): Ending | undefined {
    if (this.index === 0) return { kind: 'stuck', text: `endless loop in the boot ROM's wait_for_vector, ${this.place()}` };
    this.around.onWaitForVector(this.index);
    return undefined;
  }

  /** Enters the HardFault handler, as the processor does when an instruction cannot be executed. */
  private takeFault(error: unknown, pc: number): Ending | undefined {
    const { cpu } = this;
    if (error instanceof UsbBoot) return { kind: 'bootsel', text: 'went to the USB boot loader (BOOTSEL)' };
    if (error instanceof WaitForVector) return this.waitForVector();
    if (error instanceof MissingBootRom) return { kind: 'boot rom', text: `${error.message}; ${describeRegister('LR', cpu.LR, this.around.symbols)}` };
    if (!(error instanceof CpuFault)) return { kind: 'emulator', text: `made the emulator fail: ${String(error)}, ${this.place(pc)}` };
    cpu.PC = pc;
    const text = `${error.message}, ${this.place(pc)}`;
    if (cpu.IPSR === HARD_FAULT) return { kind: 'lockup', text: `lockup: ${text}, in the handler of: ${this.lastFault ?? 'a HardFault'}` };
    this.lastFault = text;
    try {
      enterException(cpu, HARD_FAULT);
    } catch (nested) {
      if (!(nested instanceof CpuFault)) throw nested;
      return { kind: 'lockup', text: `lockup: ${text}; the HardFault handler could not be entered: ${nested.message}` };
    }
    return undefined;
  }
}
