import { PrivateInstructions } from './pio-ahead.js';
import { PioDivider } from './pio-divider.js';
import { PioExecution, type Stall } from './pio-execution.js';

const CLKDIV = 0x00;
const EXECCTRL = 0x04;
const SHIFTCTRL = 0x08;
const ADDR = 0x0c;
const INSTR = 0x10;
const PINCTRL = 0x14;
const RESET_VALUES = [[CLKDIV, 0x10000], [EXECCTRL, 0x1f000], [SHIFTCTRL, 0xc0000], [PINCTRL, 0x14000000]] as const;
const JOINS = 0xc0000000;
const EXEC_STALLED = 0x80000000;

const NEVER = Infinity;
const JMP_X_DECREMENT = 0b0000_0000_0100_0000;
const JMP_Y_DECREMENT = 0b0000_0000_1000_0000;
/** Instructions that a machine is ahead at most. */
const MOST_AHEAD = 100;
/** An instruction without its delay and side-set. */
const WITHOUT_DELAY = 0xe0ff;

/**
 * A state machine of a PIO block (RP2040 datasheet 3.2 to 3.5).
 *
 * It knows at which cycle it executes its next instruction. While it is stalled that is never, until the block wakes it: whatever it may wait for
 * announces itself. A loop that only counts down is skipped to its end, and instructions that nobody else has to do with are executed ahead of their time:
 * whoever looks at the machine meanwhile has it go back, and execute only those that are due.
 */
export class PioMachine extends PioExecution {
  readonly divider = new PioDivider();
  isEnabled = false;
  /** The cycle of its next instruction. */
  next = NEVER;
  stall: Stall | undefined;
  /** The cycle at which it takes a word from its FIFO in the middle of a delay. */
  refillAt = NEVER;

  private clkdiv = 0x10000;
  private isForced = false;
  private readonly privates = new PrivateInstructions(this.around.program, this.settings);
  private ticksLeft = 1;
  /** A loop of one instruction that counts down: since when, ticks for each round, and rounds to its end. */
  /** Where it has run ahead: the cycle of the first of those instructions, which finds the registers as they are kept. */
  private aheadFrom: number | undefined;
  private countdown: { readonly since: number; readonly ticks: number; readonly rounds: number; readonly isX: boolean } | undefined;

  /** Whether an instruction from the bus is still to be done. */
  get isExecStalled(): boolean {
    return this.isForced && this.pending !== undefined;
  }

  /** The instruction that is executed now or next. */
  get opcode(): number {
    return this.pending ?? (this.around.program[this.pc] as number);
  }

  /** @param register its place in the machine's registers, in bytes */
  read(register: number, now: number): number {
    const { settings } = this;
    this.settle(now);
    switch (register) {
      case CLKDIV:
        return this.clkdiv;
      case EXECCTRL:
        return settings.execution | (this.isExecStalled ? EXEC_STALLED : 0);
      case SHIFTCTRL:
        return settings.shifts;
      case ADDR:
        return this.pc;
      case INSTR:
        return this.opcode;
      default:
        return settings.pins;
    }
  }

  write(register: number, value: number, now: number): void {
    if (register === INSTR) this.force(value & 0xffff, now);
    else if (register !== ADDR) this.change(now, () => this.configure(register, value, now));
  }

  reset(now: number): void {
    this.setEnabled(false, now);
    this.restart(now);
    for (const [register, value] of RESET_VALUES) this.write(register, value, now);
    this.pc = this.x = this.y = 0;
    this.tx.resize(this.settings.txDepth);
    this.rx.resize(this.settings.rxDepth);
  }

  /** Changes something that it looks at, between two of its instructions. */
  change(now: number, action: () => void): void {
    this.suspend(now);
    action();
    this.resume(now);
  }

  setEnabled(isEnabled: boolean, now: number): void {
    if (isEnabled === this.isEnabled) return;
    this.suspend(now);
    this.isEnabled = isEnabled;
    this.resume(now);
  }

  /** Clears what the registers give no access to (RP2040 datasheet 3.7, SM_RESTART). */
  restart(now: number): void {
    this.suspend(now);
    this.clearShifts();
    this.pending = this.stall = undefined;
    this.isForced = this.hasSetFlag = false;
    this.ticksLeft = 1;
    this.outputs.release();
    this.resume(now);
  }

  /** Stops it in the middle of a delay or a countdown, so that something can be changed. */
  suspend(now: number): void {
    this.endCountdown(now);
    this.settle(now);
    this.privates.forget();
    if (this.next !== NEVER) this.ticksLeft = Math.max(1, this.divider.ticksBetween(now, this.next));
    else if (this.stall !== undefined) this.ticksLeft = 1;
    this.next = NEVER;
  }

  /** Lets it go on after that; one that is stalled looks again. */
  resume(now: number): void {
    if (this.isEnabled || this.isExecStalled) this.next = this.divider.tickAfter(now, this.stall === undefined ? this.ticksLeft : 1);
  }

  /** Something has changed that a stalled machine may wait for. */
  wake(now: number): void {
    if (this.stall !== undefined && this.next === NEVER) this.resume(now);
  }

  /** A word has come from the bus. */
  received(now: number): void {
    if (this.stall !== undefined) this.wake(now);
    else if (this.lacksOutput && this.isEnabled) {
      // It fills the output shift register at its next tick, though the instruction of that may be a while off.
      const tick = this.divider.tickAfter(now, 1);
      if (tick < this.next) this.refillAt = tick;
    }
  }

  /** Executes what is due at a cycle. */
  run(now: number): void {
    if (this.refillAt <= now) {
      this.refillAt = NEVER;
      this.refill();
    }
    if (this.next > now) return;
    if (this.countdown !== undefined) this.endCountdown(now);
    this.aheadFrom = undefined;
    if (this.pending !== undefined) return this.runPending(this.pending, now);
    const { pc, settings } = this;
    const opcode = this.around.program[pc] as number;
    this.hasJumped = false;
    const stall = this.execute(opcode);
    if (settings.sideBits !== 0) this.outputs.sideSet(opcode);
    if (stall !== this.stall) this.stall = stall;
    if (stall !== undefined) {
      this.next = stall === 'refill' ? this.divider.tickAfter(now, 1) : NEVER;
      return;
    }
    this.hasSetFlag = false;
    // An instruction that puts another one before the program has no delay of its own.
    const ticks = this.pending === undefined ? 1 + settings.delayOf(opcode) : 1;
    this.ticksLeft = ticks;
    this.next = this.isEnabled || this.isExecStalled ? this.divider.tickAfter(now, ticks) : NEVER;
    if (!this.hasJumped) this.pc = pc === settings.wrapTop ? settings.wrapBottom : (pc + 1) & 31;
    else if (this.pc === pc) return this.skipLoop(opcode, now, ticks);
    if (this.isEnabled && this.pending === undefined && this.privates.has(this.pc)) this.runAhead();
  }

  /** Executes instructions that nobody else has to do with, before their time. */
  private runAhead(): void {
    this.aheadFrom = this.next;
    this.remember();
    for (let left = MOST_AHEAD; left > 0 && this.runPrivate(); left--);
  }

  /** Executes the next instruction, if it can be ahead of its time. */
  private runPrivate(): boolean {
    const { pc, settings } = this;
    if (!this.privates.has(pc)) return false;
    const opcode = this.around.program[pc] as number;
    this.hasJumped = false;
    this.execute(opcode);
    if (!this.hasJumped) this.pc = pc === settings.wrapTop ? settings.wrapBottom : (pc + 1) & 31;
    this.ticksLeft = 1 + settings.delayOf(opcode);
    this.next = this.divider.tickAfter(this.next, this.ticksLeft);
    return true;
  }

  /** Goes back from where it has run ahead to where it is at a cycle, since somebody looks. */
  private settle(now: number): void {
    if (this.aheadFrom === undefined) return;
    this.next = this.aheadFrom;
    this.aheadFrom = undefined;
    this.recall();
    while (this.next <= now && this.runPrivate());
  }

  /** Executes an instruction that was put before those of the program. */
  private runPending(opcode: number, now: number): void {
    this.pending = undefined;
    this.hasJumped = false;
    this.stall = this.execute(opcode);
    this.outputs.sideSet(opcode);
    if (this.stall !== undefined) {
      this.pending = opcode;
      this.next = this.stall === 'refill' ? this.divider.tickAfter(now, 1) : NEVER;
      return;
    }
    this.hasSetFlag = this.isForced = false;
    this.ticksLeft = this.pending === undefined ? 1 + this.settings.delayOf(opcode) : 1;
    this.next = this.isEnabled || this.isExecStalled ? this.divider.tickAfter(now, this.ticksLeft) : NEVER;
  }

  /** Executes an instruction from the bus at once, whether it is enabled or not, in place of what it is stalled at. */
  force(opcode: number, now: number): void {
    this.suspend(now);
    const { stall, hasSetFlag } = this;
    this.pending = undefined;
    this.hasSetFlag = this.hasJumped = false;
    const own = this.execute(opcode);
    this.outputs.sideSet(opcode);
    if (own !== undefined) {
      this.pending = opcode;
      this.isForced = true;
      this.stall = own;
      this.next = own === 'refill' ? this.divider.tickAfter(now, 1) : NEVER;
      return;
    }
    this.isForced = this.pending !== undefined;
    if (this.hasJumped) this.stall = undefined;
    else {
      this.stall = stall;
      this.hasSetFlag = hasSetFlag;
    }
    this.resume(now);
  }

  private configure(register: number, value: number, now: number): void {
    const { settings } = this;
    switch (register) {
      case CLKDIV:
        this.clkdiv = (value & 0xffffff00) >>> 0;
        return this.divider.set(value, now);
      case EXECCTRL:
        return settings.writeExecution(value);
      case SHIFTCTRL: {
        const before = settings.shifts;
        settings.writeShifts(value);
        if (!((before ^ value) & JOINS)) return;
        this.tx.resize(settings.txDepth);
        this.rx.resize(settings.rxDepth);
        return this.around.onFifo(this);
      }
      default:
        return settings.writePins(value);
    }
  }

  /** Goes round in a loop of one instruction, as far as nothing comes of it. */
  private skipLoop(opcode: number, now: number, ticks: number): void {
    const plain = opcode & WITHOUT_DELAY;
    const isX = (plain & ~0x1f) === JMP_X_DECREMENT;
    if (plain === this.pc) {
      this.next = NEVER; // a jump to itself, for ever
      this.stall = 'flag'; // it looks again when anything changes
    } else if (isX || (plain & ~0x1f) === JMP_Y_DECREMENT) {
      const rounds = isX ? this.x : this.y;
      if (rounds === 0) return;
      this.countdown = { since: now, ticks, rounds, isX };
      this.next = this.divider.tickAfter(now, ticks * (rounds + 1));
    }
  }

  /** Accounts for the rounds of a countdown up to a cycle. */
  private endCountdown(now: number): void {
    if (this.countdown === undefined) return;
    const { since, ticks, rounds, isX } = this.countdown;
    this.countdown = undefined;
    // The instruction that is due in this cycle is executed as any other.
    const done = this.next <= now ? rounds : Math.min(rounds, Math.floor(this.divider.ticksBetween(since, now) / ticks));
    if (isX) this.x -= done;
    else this.y -= done;
    if (this.next > now) this.next = this.divider.tickAfter(since, ticks * (done + 1));
  }
}
