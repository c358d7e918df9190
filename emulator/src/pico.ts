import { RP2040 } from 'rp2040js';
import { PIN_COUNT, type PicoEvents } from './board.js';
import { findVectorTable } from './boot.js';
import { CycleClock } from './clock.js';
import { LineBuffer } from './console.js';
import type { Ending } from './ending.js';
import { CpuFault, MissingBootRom, hex } from './fault.js';
import { type Image, ImageError } from './image.js';
import { Inspector } from './inspector.js';
import { describePlace, describeRegister } from './symbols.js';
import { canWakeItself } from './wake.js';
import { correctChip, type CorrectedChip } from './workarounds.js';
import { keepWatchdogState } from './workarounds/watchdog.js';

const FLASH_START = 0x10000000;
const SRAM_START = 0x20000000;
const SRAM_END = 0x20042000;
const HARD_FAULT = 3;
const WFE = 0xbf20;

/**
 * An emulated Raspberry Pi Pico: the processor with its peripherals, buttons between pins and ground, and what can be seen of
 * it from outside. Deterministic: the same image with the same presses does the same, to the cycle.
 *
 * Starts out as just powered on, at the reset vector of the image.
 */
export class Pico {
  /** Somebody may press a button at any time, so the firmware is never taken to be asleep for ever. */
  awaitsInput = false;
  /** Memory, registers and breakpoints, for debuggers. */
  readonly inspect = new Inspector(() => this.chip);

  private readonly clock = new CycleClock();
  private chip: RP2040;
  private corrected: CorrectedChip;
  private readonly consoles = [0, 1].map((uart) => new LineBuffer(uart, (line) => this.events.onConsoleLine?.(line)));
  private readonly grounded = new Set<number>();
  private pendingPresses = 0;
  private sleepsForEvent = false;
  private asleepNanosSoFar = 0;
  private asleepCyclesSoFar = 0;
  private atBreakpoint = false;
  private watchdogExpired = false;
  private lastFault: string | undefined;
  private ended: Ending | undefined;

  /** @throws ImageError if the image has no usable vector table */
  constructor(
    private readonly image: Image,
    private readonly events: PicoEvents = {},
  ) {
    [this.chip, this.corrected] = this.powerOn();
    for (const { address, bytes } of image.segments) {
      if (address >= SRAM_START) this.chip.sram.set(bytes, address - SRAM_START);
      else this.chip.flash.set(bytes, address - FLASH_START);
    }
    this.startAtVectorTable();
  }

  /** Simulated time since power-on in nanoseconds, exact to the cycle. */
  get nanos(): number {
    return this.clock.nanos;
  }

  /** Processor cycles since power-on, those asleep included. */
  get cycles(): number {
    return this.clock.cycles;
  }

  /** Processor cycles spent asleep, in `wfi` or `wfe`. */
  get asleepCycles(): number {
    return this.asleepCyclesSoFar;
  }

  /** Nanoseconds spent asleep, in `wfi` or `wfe`. */
  get asleepNanos(): number {
    return this.asleepNanosSoFar;
  }

  /** Frequency of the processor's clock in hertz: 125 MHz until the firmware configures another. */
  get frequency(): number {
    return this.chip.clkSys;
  }

  /** Why the firmware will not go on, once that is so. */
  get ending(): Ending | undefined {
    return this.ended;
  }

  /** The level on a pin now, 0 or 1. An input that nothing drives or pulls reads 0. */
  level(pin: number): number {
    return this.corrected.pins.level(pin);
  }

  /** Presses (`true`) or releases a button between a pin and ground. */
  setButton(pin: number, pressed: boolean): void {
    if (pressed) this.grounded.add(pin);
    else this.grounded.delete(pin);
    this.corrected.pins.setGrounded(pin, pressed);
  }

  /** Has a button between a pin and ground pressed at a simulated time from now on, for some time. */
  schedulePress(pin: number, startNanos: number, durationNanos: number): void {
    this.pendingPresses++;
    this.clock.at(startNanos, () => {
      this.setButton(pin, true);
      this.clock.at(startNanos + durationNanos, () => {
        this.setButton(pin, false);
        this.pendingPresses--;
      });
    });
  }

  /**
   * Runs until a simulated time, for at most `budget` instructions and sleeps.
   *
   * @returns `'time'` when the time is reached, `'budget'` when the budget is spent, `'breakpoint'` before an instruction that has one (but for
   * the first), `'ended'` when the firmware will not go on
   */
  run(untilNanos: number, budget = Infinity): 'time' | 'budget' | 'breakpoint' | 'ended' {
    const { clock } = this;
    const { breakpoints } = this.inspect;
    let first = true;
    for (let left = budget; this.ended === undefined; left--) {
      if (clock.nanos >= untilNanos) return 'time';
      if (left <= 0) return 'budget';
      const { core } = this.chip;
      if (breakpoints.size > 0 && !first && !core.waiting && breakpoints.has(core.PC)) return 'breakpoint';
      first = false;
      if (core.waiting) this.sleep(untilNanos);
      else this.step();
      if (this.watchdogExpired) this.resetByWatchdog();
    }
    return 'ended';
  }

  /** Lets a firmware go on that had ended, since somebody outside has changed something: a register, a button. */
  revive(): void {
    this.ended = undefined;
  }

  /** Resets the chip as its RUN pin does: everything starts anew but time and memory. */
  reset(): void {
    this.ended = undefined;
    this.startAnew(() => {});
  }

  /** Hands over what was sent of a line that is not complete yet. */
  flushConsole(): void {
    for (const line of this.consoles) line.flush();
  }

  /** The fault whose handler runs now, in words with its place; undefined while none does. */
  get hardFault(): string | undefined {
    return this.chip.core.IPSR === HARD_FAULT ? `HardFault: ${this.lastFault}` : undefined;
  }

  private powerOn(): [RP2040, CorrectedChip] {
    const chip = new RP2040(this.clock);
    const corrected = correctChip(chip, this.clock, this.inspect, {
      onLevel: (pin, level) => this.events.onEdge?.({ pin, nanos: this.clock.nanos, level }),
      onBreakpoint: () => (this.atBreakpoint = true),
      onWatchdog: () => (this.watchdogExpired = true),
    });
    chip.addClockListener((frequency) => this.clock.setFrequency(frequency));
    chip.uart.forEach((uart, index) => {
      uart.onByte = (byte) => this.consoles[index]?.push(byte, this.clock.nanos);
    });
    return [chip, corrected];
  }

  private startAtVectorTable(): void {
    const { core } = this.chip;
    core.VTOR = findVectorTable(this.chip.flash);
    const stack = this.chip.readUint32(core.VTOR);
    const entry = this.chip.readUint32(core.VTOR + 4);
    if (stack <= SRAM_START || stack > SRAM_END || !(entry & 1)) {
      const found = `stack ${hex(stack)}, entry ${hex(entry)}`;
      const hint = core.VTOR === FLASH_START ? ', nor a second-stage boot loader with its checksum' : '';
      throw new ImageError(`no vector table at ${hex(core.VTOR)} (${found})${hint}`);
    }
    core.SP = stack;
    core.PC = entry & ~1;
  }

  /** What an expired watchdog does: everything starts anew but time, memory, and the watchdog's own notes. */
  private resetByWatchdog(): void {
    this.startAnew((before) => keepWatchdogState(before, this.chip));
  }

  private startAnew(keepState: (before: RP2040) => void): void {
    const [before, { pins }] = [this.chip, this.corrected];
    this.watchdogExpired = false;
    this.clock.dropChipAlarms();
    [this.chip, this.corrected] = this.powerOn();
    for (let pin = 0; pin < PIN_COUNT; pin++) {
      if (pins.level(pin) === 1) this.events.onEdge?.({ pin, nanos: this.clock.nanos, level: 0 });
    }
    this.chip.flash.set(before.flash);
    this.chip.sram.set(before.sram);
    keepState(before);
    this.clock.setFrequency(this.chip.clkSys);
    for (const pin of this.grounded) this.corrected.pins.setGrounded(pin, true);
    this.startAtVectorTable();
  }

  private step(): void {
    const { core } = this.chip;
    let pc = core.PC;
    try {
      // Taken here, before the instruction, so that a fault is known to belong to the instruction and not to the entry.
      while (core.interruptsUpdated && core.checkForInterrupts());
      pc = core.PC;
      const cycles = core.executeInstruction();
      this.clock.runCycles(cycles);
    } catch (error) {
      this.takeFault(error, pc);
      return;
    }
    if (core.waiting) {
      this.sleepsForEvent = this.opcodeAt(pc) === WFE;
      this.corrected.interrupts.wakeIfDue(this.sleepsForEvent);
    }
    if (this.atBreakpoint) {
      this.atBreakpoint = false;
      core.PC = pc;
      if (!this.endIfCrashed()) this.ended = { kind: 'breakpoint', text: `breakpoint ${this.place(pc)}` };
    } else if (core.PC === pc) {
      this.endIfStuck(pc);
    }
  }

  /** The HardFault handler has come to its end: whatever it had to say has been said. */
  private endIfCrashed(): boolean {
    const { hardFault } = this;
    if (hardFault !== undefined) this.ended = { kind: 'crashed', text: `crashed: ${hardFault}` };
    return hardFault !== undefined;
  }

  /** A branch to itself is a normal way to wait for an interrupt, but where none can come it is the end. */
  private endIfStuck(pc: number): void {
    const { core } = this.chip;
    if (this.corrected.watchdog.isRunning() || this.endIfCrashed()) return;
    if (core.PM || (core.IPSR !== 0 && !this.corrected.interrupts.canBePreempted())) {
      const where = core.IPSR ? `in the handler of exception ${core.IPSR}` : 'with interrupts disabled';
      this.ended = { kind: 'stuck', text: `endless loop ${where} ${this.place(pc)}` };
    }
  }

  /** Lets time pass to the next thing that happens, at most to `untilNanos`. */
  private sleep(untilNanos: number): void {
    const { clock, corrected, sleepsForEvent } = this;
    if (!corrected.watchdog.isRunning() && this.endIfCrashed()) return;
    if (!this.canStillWake()) {
      this.ended = { kind: 'asleep', text: `asleep for ever ${this.place(this.chip.core.PC)}` };
      return;
    }
    const [nanos, cycles] = [clock.nanos, clock.cycles];
    clock.runUntil(Math.min(clock.nextAlarm ?? untilNanos, untilNanos));
    this.asleepNanosSoFar += clock.nanos - nanos;
    this.asleepCyclesSoFar += clock.cycles - cycles;
    corrected.interrupts.wakeIfDue(sleepsForEvent);
  }

  private canStillWake(): boolean {
    if (this.awaitsInput || this.pendingPresses > 0 || this.corrected.watchdog.isRunning()) return true;
    return this.clock.nextAlarm !== undefined && canWakeItself(this.chip, this.corrected, this.sleepsForEvent);
  }

  /** Enters the HardFault handler, as the processor does when an instruction cannot be executed. */
  private takeFault(error: unknown, pc: number): void {
    const { core } = this.chip;
    if (error instanceof MissingBootRom) {
      this.ended = { kind: 'boot rom', text: `${error.message}; ${describeRegister('LR', core.LR, this.image.symbols)}` };
      return;
    }
    if (!(error instanceof CpuFault)) {
      this.ended = { kind: 'emulator', text: `made the emulator fail: ${String(error)}, ${this.place(pc)}` };
      return;
    }
    core.PC = pc;
    const text = `${error.message}, ${this.place(pc)}`;
    if (core.IPSR === HARD_FAULT) {
      this.ended = { kind: 'lockup', text: `lockup: ${text}, in the handler of: ${this.lastFault ?? 'a HardFault'}` };
      return;
    }
    this.lastFault = text;
    try {
      core.exceptionEntry(HARD_FAULT);
    } catch (nested) {
      if (!(nested instanceof CpuFault)) throw nested;
      this.ended = { kind: 'lockup', text: `lockup: ${text}; the HardFault handler could not be entered: ${nested.message}` };
    }
  }

  private opcodeAt(address: number): number {
    return this.chip.readUint16(address & ~1);
  }

  private place(pc: number): string {
    return describePlace(pc, this.chip.core.LR, this.image.symbols);
  }
}
