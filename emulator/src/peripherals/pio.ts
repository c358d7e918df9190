import type { RP2040 } from 'rp2040js';
import type { DmaBlock } from './dma.js';
import type { DmaRequests } from './dma-requests.js';
import { InterruptLine } from './interrupt-line.js';
import type { Pins } from './pins.js';
import type { PinInputs } from './pin-inputs.js';
import { FDEBUG_RXSTALL, FDEBUG_TXSTALL, type MachineSurroundings, type PioExecution, type Stall } from './pio-execution.js';
import { PioHearing } from './pio-hearing.js';
import { PioMachine } from './pio-machine.js';
import { PioSchedule, type Scheduled } from './pio-schedule.js';
import { RegisterBlock } from './register-block.js';
import type { SystemCycles } from './system-cycles.js';

const FIRST_BLOCK = 0x50200;
const BLOCK_STEP = 0x100;
const FIRST_FUNCTION = 6;
const FIRST_INTERRUPT = 7;
const MACHINES = 4;
const PROGRAM_SIZE = 32;

const CTRL = 0x000;
const FSTAT = 0x004;
const FDEBUG = 0x008;
const FLEVEL = 0x00c;
const TXF0 = 0x010;
const RXF0 = 0x020;
const IRQ = 0x030;
const IRQ_FORCE = 0x034;
const INPUT_SYNC_BYPASS = 0x038;
const DBG_PADOUT = 0x03c;
const DBG_PADOE = 0x040;
const DBG_CFGINFO = 0x044;
const INSTR_MEM0 = 0x048;
const SM0 = 0x0c8;
const SM_SIZE = 0x18;
const INTR = 0x128;
const IRQ0_INTE = 0x12c;
const IRQ1_INTS = 0x140;
const LINE_SIZE = 0x0c;

const FDEBUG_RXUNDER = 1 << 8;
const FDEBUG_TXOVER = 1 << 16;
const INTERRUPT_BITS = 0xfff;
/** 32 instructions, four machines, FIFOs of four words. */
const CONFIGURATION = (PROGRAM_SIZE << 16) | (MACHINES << 8) | 4;

/**
 * A PIO block (RP2040 datasheet 3), in place of that of `rp2040js`, which loses delays behind stalls, joins no FIFOs, ignores some settings,
 * and has to be stepped in every cycle.
 *
 * It is due in the cycle in which one of its machines executes its next instruction. So machines that are stalled or wait cost nothing. All that
 * the machines do to pins and flags in a cycle counts from the end of it on.
 */
export class PioBlock extends RegisterBlock implements MachineSurroundings, Scheduled {
  /** Levels and directions of all pins, for those that are connected to the block. */
  pinValues = 0;
  pinDirections = 0;
  readonly program = new Uint16Array(PROGRAM_SIZE);
  flags = 0;
  due = Infinity;
  /** `rp2040js` looks here for machines that wait for a pin; ours hear of it otherwise. */
  readonly machines: readonly never[] = [];

  private readonly states: readonly PioMachine[];
  private readonly lines: readonly [InterruptLine, InterruptLine];
  private debug = 0;
  private bypass = 0;
  /** Whether any machine waits for a pin: a change of one is nothing to the others. */
  private awaitsPin = false;
  private flagsToSet = 0;
  private flagsToClear = 0;

  constructor(
    chip: RP2040,
    private readonly index: number,
    private readonly cycles: SystemCycles,
    private readonly pins: PinInputs,
    private readonly requests: DmaRequests,
    private readonly schedule: PioSchedule,
  ) {
    super(chip, `PIO${index}`);
    this.states = Array.from({ length: MACHINES }, (_, machine) => new PioMachine(machine, this));
    const line = (number: number): InterruptLine => new InterruptLine((isAsserted) => chip.setInterrupt(FIRST_INTERRUPT + 2 * index + number, isAsserted));
    this.lines = [line(0), line(1)];
    schedule.add(this);
    for (const machine of this.states) this.request(machine);
    pins.onChange(() => {
      if (this.awaitsPin) this.wake('pin');
    });
  }

  get inputs(): number {
    return this.pins.bits;
  }

  reset(): void {
    this.program.fill(0);
    this.flags = this.debug = this.bypass = this.pinValues = this.pinDirections = 0;
    for (const line of this.lines) line.enabled = line.forced = 0;
    const { now } = this.cycles;
    for (const machine of this.states) {
      machine.reset(now);
      this.request(machine);
    }
    this.interrupt();
    this.arm();
  }

  setFlag(flag: number): void {
    this.flagsToSet |= 1 << flag;
  }

  clearFlag(flag: number): void {
    this.flagsToClear |= 1 << flag;
  }

  onFifo(machine: PioExecution): void {
    this.request(machine);
    this.interrupt();
  }

  onDebug(bit: number, machine: PioExecution): void {
    this.debug |= bit << machine.index;
  }

  protected override peek(offset: number): number {
    return offset >= TXF0 && offset < IRQ ? 0 : (this.read(offset) ?? 0);
  }

  protected read(offset: number): number | undefined {
    if (offset >= RXF0 && offset < IRQ) return this.take(this.states[(offset - RXF0) >> 2] as PioMachine);
    if (offset >= TXF0 && offset < RXF0) return 0;
    if (offset >= INSTR_MEM0 && offset < SM0) return 0; // it can only be written
    if (offset >= SM0 && offset < INTR) {
      const value = this.machineAt(offset).read((offset - SM0) % SM_SIZE, this.cycles.now);
      this.arm();
      return value;
    }
    if (offset >= IRQ0_INTE && offset <= IRQ1_INTS) {
      const line = this.lineAt(offset);
      return [line.enabled, line.forced, line.status(this.raw)][((offset - IRQ0_INTE) % LINE_SIZE) >> 2];
    }
    switch (offset) {
      case CTRL:
        return this.collect((machine) => machine.isEnabled);
      case FSTAT:
        return (
          this.collect(({ rx }) => rx.isFull) | (this.collect(({ rx }) => rx.isEmpty) << 8) |
          (this.collect(({ tx }) => tx.isFull) << 16) | (this.collect(({ tx }) => tx.isEmpty) << 24)
        );
      case FDEBUG:
        return this.debugNow;
      case FLEVEL:
        return this.states.reduce((levels, { index, tx, rx }) => levels | ((tx.level | (rx.level << 4)) << (8 * index)), 0);
      case IRQ:
        return this.flags;
      case IRQ_FORCE:
        return 0;
      case INPUT_SYNC_BYPASS:
        return this.bypass;
      case DBG_PADOUT:
        return this.pinValues;
      case DBG_PADOE:
        return this.pinDirections;
      case DBG_CFGINFO:
        return CONFIGURATION;
      case INTR:
        return this.raw;
      default:
        return undefined;
    }
  }

  protected write(offset: number, value: number, raw: number): boolean {
    const { now } = this.cycles;
    if (offset >= TXF0 && offset < RXF0) this.give(this.states[(offset - TXF0) >> 2] as PioMachine, raw, now);
    else if (offset >= INSTR_MEM0 && offset < SM0) {
      this.suspended(now, () => (this.program[(offset - INSTR_MEM0) >> 2] = value));
    } else if (offset >= SM0 && offset < INTR) {
      const machine = this.machineAt(offset);
      machine.write((offset - SM0) % SM_SIZE, value, now);
      if (machine.stall === 'pin') this.awaitsPin = true;
      this.commit(now);
    } else if (!this.writeShared(offset, value, raw, now)) return false;
    this.arm();
    return true;
  }

  private writeShared(offset: number, value: number, raw: number, now: number): boolean {
    if (offset >= IRQ0_INTE && offset <= IRQ1_INTS) {
      const line = this.lineAt(offset);
      const register = (offset - IRQ0_INTE) % LINE_SIZE;
      if (register === 0) line.enabled = value & INTERRUPT_BITS;
      else if (register === 4) line.forced = value & INTERRUPT_BITS;
      this.interrupt();
      return true;
    }
    switch (offset) {
      case CTRL:
        for (const machine of this.states) {
          const bit = 1 << machine.index;
          if (value & (bit << 4)) machine.restart(now);
          if (value & (bit << 8)) machine.change(now, () => machine.divider.restart(now));
          machine.setEnabled((value & bit) !== 0, now);
        }
        return true;
      case FDEBUG:
        this.debug &= ~raw;
        return true;
      case IRQ:
        this.flagsToClear |= raw & 0xff;
        this.commit(now);
        return true;
      case IRQ_FORCE:
        this.flagsToSet |= value & 0xff;
        this.commit(now);
        return true;
      case INPUT_SYNC_BYPASS:
        this.bypass = value;
        return true;
      default:
        return [FSTAT, FLEVEL, DBG_PADOUT, DBG_PADOE, DBG_CFGINFO, INTR].includes(offset) || (offset >= RXF0 && offset < IRQ);
    }
  }

  /** Changes what all machines look at, between two of their instructions. */
  private suspended(now: number, change: () => void): void {
    for (const machine of this.states) machine.suspend(now);
    change();
    for (const machine of this.states) machine.resume(now);
  }

  /** The processor or DMA writes to a FIFO. */
  private give(machine: PioMachine, word: number, now: number): void {
    if (machine.tx.isFull) {
      this.debug |= FDEBUG_TXOVER << machine.index;
      return;
    }
    machine.tx.push(word);
    this.onFifo(machine);
    machine.received(now);
  }

  /** It reads from one. */
  private take(machine: PioMachine): number {
    if (machine.rx.isEmpty) {
      this.debug |= FDEBUG_RXUNDER << machine.index;
      return 0;
    }
    const word = machine.rx.pull();
    this.onFifo(machine);
    if (machine.stall === 'rx') {
      machine.wake(this.cycles.now);
      this.arm();
    }
    return word;
  }

  /** A machine that is still stalled sets its bit again in each cycle. */
  private get debugNow(): number {
    for (const { index, stall, isEnabled } of this.states) {
      if (!isEnabled) continue;
      if (stall === 'tx') this.debug |= FDEBUG_TXSTALL << index;
      if (stall === 'rx') this.debug |= FDEBUG_RXSTALL << index;
    }
    return this.debug;
  }

  private collect(isSet: (machine: PioMachine) => boolean): number {
    return this.states.reduce((bits, machine) => bits | (isSet(machine) ? 1 << machine.index : 0), 0);
  }

  private get raw(): number {
    return this.collect(({ rx }) => !rx.isEmpty) | (this.collect(({ tx }) => !tx.isFull) << 4) | ((this.flags & 0xf) << 8);
  }

  private machineAt(offset: number): PioMachine {
    return this.states[Math.floor((offset - SM0) / SM_SIZE)] as PioMachine;
  }

  private lineAt(offset: number): InterruptLine {
    return this.lines[offset < IRQ0_INTE + LINE_SIZE ? 0 : 1];
  }

  private interrupt(): void {
    const { raw } = this;
    for (const line of this.lines) line.update(raw);
  }

  /** Asks for DMA: four requests for sending and four for receiving, for each block. */
  private request({ index, tx, rx }: PioExecution): void {
    const { requests } = this;
    const number = 8 * this.index + index;
    if (tx.isFull) requests.clearDREQ(number);
    else requests.setDREQ(number);
    if (rx.isEmpty) requests.clearDREQ(number + MACHINES);
    else requests.setDREQ(number + MACHINES);
  }

  private wake(stall: Stall): void {
    let isAny = false;
    for (const machine of this.states) {
      if (machine.stall !== stall) continue;
      machine.wake(this.cycles.now);
      isAny = true;
    }
    if (isAny) this.arm();
  }

  /** Whether its interrupts can tell a core anything. */
  get hasInterrupts(): boolean {
    return this.lines[0].enabled !== 0 || this.lines[1].enabled !== 0;
  }

  execute(now: number): void {
    const { states } = this;
    for (let index = 0; index < MACHINES; index++) {
      const machine = states[index] as PioMachine;
      if (machine.next > now && machine.refillAt > now) continue;
      machine.run(now);
      // The pin may change in this very cycle, which the machine has not seen.
      if (machine.stall === 'pin') this.awaitsPin = true;
    }
  }

  finish(now: number): void {
    this.commit(now);
    this.findDue();
  }

  /** The end of a cycle: what the machines have done to flags and pins happens now. */
  private commit(now: number): void {
    if (this.flagsToSet | this.flagsToClear) {
      this.flags = (this.flags & ~this.flagsToClear) | this.flagsToSet;
      this.flagsToSet = this.flagsToClear = 0;
      this.interrupt();
      for (const machine of this.states) if (machine.stall === 'flag') machine.wake(now);
    }
    for (let index = 0; index < MACHINES; index++) {
      if ((this.states[index] as PioMachine).outputs.isChanged) return this.drivePins(now);
    }
  }

  /** Puts together what the machines do to pins: that with the highest number wins. */
  private drivePins(now: number): void {
    let levels = this.pinValues;
    let directions = this.pinDirections;
    for (let index = 0; index < MACHINES; index++) {
      const { outputs } = this.states[index] as PioMachine;
      if (!outputs.isChanged && !outputs.isHeld) continue;
      levels = outputs.applyLevels(levels);
      directions = outputs.applyDirections(directions);
      outputs.clear();
    }
    let changed = (levels ^ this.pinValues) | (directions ^ this.pinDirections);
    this.pinValues = levels;
    this.pinDirections = directions;
    for (let index = 0; index < MACHINES; index++) {
      const machine = this.states[index] as PioMachine;
      if (machine.stall !== undefined && machine.outputs.differsFrom(levels)) machine.wake(now);
    }
    while (changed !== 0) {
      const pin = 31 - Math.clz32(changed & -changed);
      changed &= changed - 1;
      const gpio = this.chip.gpio[pin];
      if (gpio?.functionSelect === FIRST_FUNCTION + this.index) gpio.checkForUpdates();
    }
  }

  private arm(): void {
    this.findDue();
    this.schedule.arm();
  }

  private findDue(): void {
    const { states } = this;
    let next = Infinity;
    this.awaitsPin = false;
    for (let index = 0; index < MACHINES; index++) {
      const machine = states[index] as PioMachine;
      if (machine.stall === 'pin') this.awaitsPin = true;
      if (machine.next < next) next = machine.next;
      if (machine.refillAt < next) next = machine.refillAt;
    }
    this.due = next;
  }
}

/** Puts both PIO blocks of our own into a chip. */
export function installPio(chip: RP2040, cycles: SystemCycles, pins: Pins, inputs: PinInputs, dma: DmaBlock): void {
  const pio: PioBlock[] = [];
  const hearing = new PioHearing(chip, pins, dma, pio);
  const schedule = new PioSchedule(cycles, (interrupts) => hearing.isUnheard(interrupts));
  for (const index of [0, 1]) pio.push(new PioBlock(chip, index, cycles, inputs, dma, schedule));
  Object.assign(chip, { pio });
  for (const [index, block] of pio.entries()) chip.peripherals[FIRST_BLOCK + BLOCK_STEP * index] = block;
}
