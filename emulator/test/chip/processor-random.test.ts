import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { CodeCache } from '../../src/chip/code-cache.js';
import { isExceptionReturn, takePending } from '../../src/chip/exceptions.js';
import { CpuFault, MissingBootRom } from '../../src/chip/fault.js';
import { execute } from '../../src/chip/interpreter.js';
import { followLog } from '../../src/chip/log.js';
import { Op, OPS } from '../../src/chip/opcodes.js';
import { installProcessor, type Processor } from '../../src/chip/processor.js';
import { type Before, DIFFERENCES, isUnallocatedHint, isUnpredictable } from '../support/differences.js';
import { Dice, EDGES, randomProgram, randomValue } from '../support/random-programs.js';
import { type Comparable, connectBus, makeReference, makeRig, OPEN, type Rig, type Theirs } from '../support/reference-core.js';

const PROGRAMS = Number(process.env['UASYNC_RANDOM_PROGRAMS'] ?? 300);
/** To make functions of what runs once takes longer than anything else. */
const TRANSLATED = Math.ceil(PROGRAMS / 3);
/** So many programs execute everything. */
const ENOUGH = 300;
const TIMEOUT = 3_600_000;
const STEPS = 150;
const LENGTH = 96;
const FLASH_CODE = 0x10000400;
const RAM_CODE = 0x20001000;
const BKPT = 0xbe00;
const LAST_EXCEPTION = 47;

/** Our processor and that of `rp2040js`, each in a chip of its own, which execute the same. */
class Pair {
  readonly ours: Rig = makeRig();
  readonly theirs: Rig = makeRig();
  readonly cpu: Processor;
  readonly reference: Theirs;
  /** The first halfwords that were executed. */
  readonly executed = new Set<number>();
  readonly amended = new Set<string>();
  faults = 0;
  translated = 0;
  exceptions = 0;
  private readonly cache: CodeCache;
  private code = FLASH_CODE;

  constructor() {
    this.cpu = installProcessor(this.ours.chip, { onBreakpoint: () => this.ours.events++, onSendEvent: () => this.ours.events++ });
    connectBus(this.ours);
    followLog(this.ours.chip, () => {});
    this.reference = makeReference(this.theirs);
    this.cache = new CodeCache(this.cpu, this.ours.chip, OPEN, this.ours.inspector.guards, { hot: 0 });
  }

  get both(): Comparable[] {
    return [this.cpu, this.reference];
  }

  /** Puts the same random program, memory and registers into both. */
  load(dice: Dice): void {
    this.code = dice.below(2) ? FLASH_CODE : RAM_CODE;
    const program = new Uint8Array(Uint16Array.from(randomProgram(dice, LENGTH)).buffer);
    for (const { chip } of [this.ours, this.theirs]) {
      for (const place of [0x20000000, 0x20001000, 0x20008000, 0x20041e00]) {
        const words = new Uint32Array(128).map((_, index) => Math.imul(place + index, 0x9e3779b1));
        chip.sram.set(new Uint8Array(words.buffer), place - 0x20000000);
      }
      // The handlers are somewhere in the program.
      for (let vector = 0; vector <= LAST_EXCEPTION; vector++) chip.sramView.setUint32(0x8000 + 4 * vector, (this.code + 4 * (vector & 31)) | 1, true);
      if (this.code === FLASH_CODE) chip.flash.set(program, FLASH_CODE - 0x10000000);
      else chip.sram.set(program, RAM_CODE - 0x20000000);
    }
    this.ours.inspector.guards.codeChanged();
    const stacks = [0x20041f80 - 4 * dice.below(16), 0x20008800 - 4 * dice.below(16)] as const;
    const values = Array.from({ length: 13 }, () => randomValue(dice, this.code));
    const [apsr, priorities] = [dice.word() & 0xf0000000, dice.word()];
    const control = dice.one([0, 0, 1, 2, 2, 3]); // privileged or not, on either stack
    this.reference.currentMode = 0;
    for (const core of this.both) {
      core.IPSR = 0;
      core.PM = false;
      core.VTOR = 0x20008000;
      core.writeSpecialRegister(20, 0);
      core.writeSpecialRegister(8, stacks[0]);
      core.writeSpecialRegister(9, stacks[1]);
      core.writeSpecialRegister(20, control);
      core.registers.set(values);
      core.registers[14] = this.code | 1;
      core.PC = this.code;
      core.APSR = apsr;
      core.waiting = core.eventRegistered = core.interruptsUpdated = core.pendingSVCall = false;
      core.pendingInterrupts = 0;
      core.enabledInterrupts = -1;
      const { ppb } = (core === this.cpu ? this.ours : this.theirs).chip;
      ppb.writeUint32(0x400, priorities & 0xc0c0c0c0);
      ppb.writeUint32(0xd1c, priorities);
      ppb.writeUint32(0xd20, priorities << 1);
      const whole = core as unknown as { pendingSystick: boolean; pendingPendSV: boolean; pendingNMI: boolean };
      whole.pendingSystick = whole.pendingPendSV = whole.pendingNMI = false;
    }
  }

  /** Keeps the program counter in the program, with other registers where it had left it. */
  keepInside(dice: Dice): void {
    const { cpu } = this;
    if (cpu.PC >= this.code && cpu.PC < this.code + 2 * LENGTH - 2) return;
    const pc = this.code + 2 * dice.below(LENGTH - 2);
    const values = Array.from({ length: 8 }, () => randomValue(dice, this.code));
    for (const core of this.both) {
      core.registers.set(values);
      core.PC = pc;
    }
  }

  /** Lets both execute an instruction. False if it is one that the manual says nothing about. */
  step(): boolean {
    const before = this.before();
    if (isUnpredictable(before)) return false;
    this.executed.add(before.opcode);
    const ours = this.executeOurs();
    const theirs = this.executeTheirs(before);
    assert.equal(typeof ours, typeof theirs, `fault ${String(ours)}, not ${String(theirs)}`);
    if (typeof ours === 'number') assert.equal(ours, theirs, 'cycles');
    else this.faults++;
    for (const { clock } of [this.ours, this.theirs]) clock.runCycles(typeof ours === 'number' ? ours : 0);
    return true;
  }

  pend(bits: number): void {
    for (const core of this.both) {
      core.pendingInterrupts |= bits;
      core.interruptsUpdated = true;
    }
  }

  /** Enters the handlers that are due, in both. */
  interrupt(): void {
    const { cpu, reference } = this;
    const [ours, theirs] = [cpu, reference].map((core) => {
      try {
        while (core.interruptsUpdated && (core === cpu ? takePending(cpu) : this.takeTheirs())) this.exceptions++;
        return undefined;
      } catch (error) {
        if (!(error instanceof CpuFault)) throw error;
        return 'fault';
      }
    });
    assert.equal(ours, theirs);
    if (ours === undefined) return;
    for (const core of this.both) {
      core.pendingInterrupts = 0;
      core.interruptsUpdated = false;
      core.PC = this.code;
    }
  }

  compare(): void {
    if (this.isSame()) return;
    const [ours, theirs] = this.both.map((core) => ({
      registers: [...core.registers].map((value) => value.toString(16)),
      apsr: core.APSR >>> 0,
      ipsr: core.IPSR,
      primask: core.PM,
      control: core.readSpecialRegister(20),
      msp: core.SPmain >>> 0,
      psp: core.SPprocess >>> 0,
      waiting: core.waiting,
      event: core.eventRegistered,
      pending: core.pendingInterrupts,
      svc: core.pendingSVCall,
    }));
    assert.deepEqual(ours, theirs);
    assert.equal(this.ours.events, this.theirs.events);
  }

  /** Quicker than to compare objects, which is for the message where they differ. */
  private isSame(): boolean {
    const { cpu, reference } = this;
    return (
      cpu.registers.every((value, index) => value === reference.registers[index]) && cpu.APSR >>> 0 === reference.APSR >>> 0 && cpu.IPSR === reference.IPSR &&
      cpu.PM === reference.PM && cpu.readSpecialRegister(20) === reference.readSpecialRegister(20) && cpu.SPmain === reference.SPmain >>> 0 &&
      cpu.SPprocess === reference.SPprocess >>> 0 && cpu.waiting === reference.waiting && cpu.eventRegistered === reference.eventRegistered &&
      cpu.pendingInterrupts === reference.pendingInterrupts && cpu.pendingSVCall === reference.pendingSVCall && this.ours.events === this.theirs.events
    );
  }

  /** Puts a single instruction into both, behind which there is nothing to translate. */
  place(opcode: number): void {
    for (const { chip } of [this.ours, this.theirs]) chip.flash.set(new Uint8Array(Uint16Array.of(opcode, BKPT).buffer), FLASH_CODE - 0x10000000);
    this.ours.inspector.guards.codeChanged();
  }

  /** Has both begin with that instruction, with values in r0 and r1. */
  begin(first: number, second: number, carry: boolean): void {
    for (const core of this.both) {
      core.registers[0] = first;
      core.registers[1] = second;
      core.PC = FLASH_CODE;
      core.APSR = carry ? 0x30000000 : 0;
    }
  }

  compareMemory(): void {
    assert.ok(Buffer.from(this.ours.chip.sram).equals(Buffer.from(this.theirs.chip.sram)), 'memory differs');
  }

  /**
   * Lets ours run translated code for at most `budget` cycles, and the reference as many single instructions as take the same time.
   *
   * @returns whether there was some
   */
  runBlocks(budget: number): boolean {
    const spent = this.cache.run(budget, true);
    for (let left = spent; left > 0; ) {
      const cycles = this.executeTheirs(this.before());
      assert.equal(typeof cycles, 'number', String(cycles));
      left -= cycles as number;
      assert.ok(left >= 0, 'a block ends within an instruction');
      this.translated++;
    }
    assert.ok(spent <= budget, `${spent} cycles, not at most ${budget}`);
    for (const { clock } of [this.ours, this.theirs]) clock.runCycles(spent);
    return spent > 0;
  }

  private before(): Before {
    const core = this.reference;
    const pc = core.PC & ~1;
    const { chip } = this.theirs;
    const opcode = chip.readUint16(pc >>> 0);
    return {
      opcode, second: chip.readUint16((pc + 2) >>> 0), pc, registers: core.registers.slice(), apsr: core.APSR >>> 0, ipsr: core.IPSR,
      privileged: core.IPSR !== 0 || !core.nPRIV, control: core.readSpecialRegister(20), primask: core.PM, msp: core.SPmain, psp: core.SPprocess,
    };
  }

  private executeOurs(): number | string {
    const { cpu } = this;
    const pc = cpu.PC;
    try {
      return execute(cpu);
    } catch (error) {
      if (!(error instanceof CpuFault) && !(error instanceof MissingBootRom)) throw error;
      cpu.PC = pc + 2;
      return error.message;
    }
  }

  private executeTheirs(before: Before): number | string {
    const { reference } = this;
    try {
      if (isUnallocatedHint(before.opcode)) {
        reference.PC += 2;
        return 1;
      }
      if (before.opcode >> 8 === 0xdf && reference.svCallPriority >= this.priorityOf(reference)) throw new CpuFault('svc escalates');
      if (before.opcode === 0x47f0 && !((before.registers[14] as number) & 1)) throw new CpuFault('no Thumb bit');
      const cycles = reference.executeInstruction();
      reference.PC &= ~1; // a frame may hold one with bit 0
      for (const { what, applies, amend } of DIFFERENCES) {
        if (!applies(before)) continue;
        this.amended.add(what);
        amend(reference, before);
      }
      this.makeConsistent();
      return cycles;
    } catch (error) {
      if (!(error instanceof CpuFault) && !(error instanceof MissingBootRom)) throw error;
      if (before.opcode === 0x47f0) reference.LR = (before.pc + 2) | 1;
      reference.PC = before.pc + 2;
      reference.currentMode = before.ipsr === 0 ? 0 : 1; // a frame that cannot be taken off does not end the handler
      return error.message;
    }
  }

  /** A frame may hold an exception number that its kind of return does not go with, which the manual has unpredictable. */
  private makeConsistent(): void {
    const { reference } = this;
    if (reference.currentMode === 0) reference.IPSR = 0;
    else if (reference.IPSR === 0) reference.currentMode = 0;
  }

  private priorityOf(core: Comparable): number {
    return Math.min(core.exceptionPriority(core.IPSR), core.PM ? 0 : 4);
  }

  /** It leaves bit 0 in the program counter, and an interrupt pending while its handler runs. */
  private takeTheirs(): boolean {
    const { reference } = this;
    const taken = reference.checkForInterrupts();
    if (!taken) return false;
    if (!(reference.PC & 1)) throw new CpuFault('no handler');
    reference.PC &= ~1;
    if (reference.IPSR >= 16) reference.pendingInterrupts &= ~(1 << (reference.IPSR - 16));
    return true;
  }
}

/** An end of a handler that the manual does not allow: each does it in its way. */
function returnsBadly(cpu: Processor, target: number): boolean {
  return isExceptionReturn(cpu, target) && ![0xfffffff1, 0xfffffff9, 0xfffffffd].includes(target >>> 0);
}

/** Runs random programs in both, ours in translated code where there is some if `isTranslated`. */
function compareAll(programs: number, isTranslated: boolean): Pair {
  const pair = new Pair();
  for (let seed = 0; seed < programs; seed++) {
    const dice = new Dice(isTranslated ? -seed : seed);
    pair.load(dice);
    for (let step = 0; step < STEPS; step++) {
      const { cpu } = pair;
      if (dice.below(20) === 0) pair.pend(1 << dice.below(32)); // as software does: how lines are latched is in interrupts.test.ts
      pair.interrupt();
      pair.keepInside(dice);
      const place = `seed ${seed}, step ${step}, opcode ${pair.theirs.chip.readUint16(cpu.PC & ~1).toString(16)} at ${cpu.PC.toString(16)}`;
      try {
        if (!(isTranslated && pair.runBlocks(dice.below(8) * 40)) && !(canGoOn(pair) && pair.step())) break;
        pair.compare();
      } catch (error) {
        if (error instanceof assert.AssertionError) error.message = `${place}: ${error.message}`;
        throw error;
      }
      for (const core of pair.both) core.waiting = false;
    }
    pair.compareMemory();
  }
  return pair;
}

describe('the processor, beside that of rp2040js', () => {
  it(`does the same in ${PROGRAMS} random programs, but for the differences that are listed`, () => {
    const pair = compareAll(PROGRAMS, false);
    assert.ok(pair.faults > PROGRAMS && pair.exceptions > PROGRAMS, `${pair.faults} faults, ${pair.exceptions} exceptions`);
    if (PROGRAMS < ENOUGH) return;
    const kinds = new Set([...pair.executed].map((opcode) => OPS[opcode] as Op));
    assert.deepEqual(Object.values(Op).filter((kind) => typeof kind === 'number' && !kinds.has(kind)), []);
    assert.deepEqual(DIFFERENCES.filter(({ what }) => !pair.amended.has(what)).map(({ what }) => what), []);
  }, TIMEOUT);

  it('computes the same in each instruction on two registers, from the values at which something changes', () => {
    const pair = new Pair();
    pair.load(new Dice(0));
    for (let code = 0; code < 16; code++) {
      pair.place(0x4008 | (code << 6));
      for (const isTranslated of [false, true]) {
        for (const first of EDGES) {
          for (const second of EDGES) {
            for (const carry of [false, true]) {
              pair.begin(first, second, carry);
              if (isTranslated) assert.ok(pair.runBlocks(1), 'it is not translated');
              else pair.step();
              try {
                pair.compare();
              } catch (error) {
                if (error instanceof assert.AssertionError) error.message = `code ${code}, ${first}, ${second}, ${carry}, ${isTranslated}: ${error.message}`;
                throw error;
              }
            }
          }
        }
      }
    }
  });

  it(`does the same in ${TRANSLATED} translated ones`, () => {
    const pair = compareAll(TRANSLATED, true);
    assert.ok(pair.translated > 20 * TRANSLATED, `only ${pair.translated} instructions in translated code`);
  }, TIMEOUT);
});

/** Whether the next instruction is not a return from a handler by a value that is none of the three. */
function canGoOn({ cpu, theirs }: Pair): boolean {
  const opcode = theirs.chip.readUint16(cpu.PC & ~1);
  if ((opcode & 0xff87) === 0x4700) return !returnsBadly(cpu, cpu.registers[(opcode >> 3) & 15] as number);
  if (opcode >> 8 !== 0xbd) return true;
  const address = cpu.SP + 4 * [...Array(8).keys()].filter((bit) => opcode & (1 << bit)).length;
  const isMemory = (address >= 0x20000000 && address < 0x20042000) || (address >= 0x10000000 && address < 0x14000000) || address < 0x4000;
  return isMemory ? !returnsBadly(cpu, theirs.chip.readUint32(address & ~3)) : cpu.IPSR === 0;
}
