import type { RP2040 } from 'rp2040js';
import { type Start, startAt, startInRam } from '../chip/boot.js';
import { Chip } from '../chip/chip.js';
import type { Core } from '../chip/core.js';
import type { Ending } from '../chip/ending.js';
import { isSelfDriven } from '../chip/self-driven.js';
import { Inspector } from '../chip/inspector.js';
import { type UnknownRegister, UnknownRegisters } from '../chip/unknown-registers.js';
import { CycleClock } from '../clock.js';
import type { Actuator } from '../devices/device.js';
import type { UsbSerialPort } from '../devices/usb-serial.js';
import { type Image, ImageError, isInRam } from '../firmware/image.js';
import { FLASH_START, SRAM_START } from '../memory-map.js';
import { type Pwm, readPwm } from '../peripherals/pwm.js';
import { keepWatchdogState, takeBootNote } from '../peripherals/watchdog.js';
import { NEWEST_ROM, type RomVersion } from '../rom/boot-rom.js';
import { LineBuffer } from './console-line.js';
import { PIN_COUNT, type PicoEvents } from './events.js';
import { flashSizeFor } from './flash-contents.js';
import type { InputPort } from './stimuli.js';
import { type I2cBus, type PinPort, type SpiBus, Surroundings, type UartPort } from './surroundings.js';

/** What a Pico can differ in. */
export interface PicoOptions {
  /** The version of the boot ROM: 3, the newest, if it is not given. */
  readonly romVersion?: RomVersion | undefined;
}

/**
 * An emulated Raspberry Pi Pico: the processor with its peripherals, buttons between pins and ground, and what can be seen of
 * it from outside. Deterministic: the same image with the same presses does the same, to the cycle.
 *
 * Starts out as just powered on, at the reset vector of the image.
 */
export class Pico {
  /** Somebody may press a button at any time, so the firmware is never taken to be asleep for ever, unless it is run for ever. */
  awaitsInput = false;
  /** Memory, registers and breakpoints, for debuggers. */
  readonly inspect = new Inspector(() => this.chip);

  private readonly clock = new CycleClock();
  private chip: Chip;
  private readonly consoles = [0, 1].map((uart) => new LineBuffer(uart, (line) => this.events.onConsoleLine?.(line)));
  private readonly usbConsole = new LineBuffer(null, (line) => this.events.onConsoleLine?.(line));
  private readonly surroundings: Surroundings;
  private readonly registers: UnknownRegisters;
  private readonly shorted = new Set<number>();
  private readonly fought = new Set<number>();
  /** What is to be sent over USB once its port is open. */
  private readonly waiting: Uint8Array[] = [];
  private pendingEvents = 0;
  private ended: Ending | undefined;
  /** The chip is being reset: its levels are not those at the pins until everything around it is connected. */
  private isResetting = false;
  /** How the program on a core has ended, while the rest of the chip goes on. */
  private left: Ending | undefined;

  /** @throws ImageError if the image has no usable vector table */
  constructor(
    private readonly image: Image,
    private readonly events: PicoEvents = {},
    private readonly options: PicoOptions = {},
  ) {
    this.registers = new UnknownRegisters(image.symbols, () => this.clock.nanos, (register) => events.onUnknownRegister?.(register));
    this.surroundings = new Surroundings(this.clock, () => this.chip, (byte) => this.printed(this.usbConsole, null, byte));
    this.surroundings.usb.onOpen = () => this.sendWaiting();
    this.chip = this.powerOn();
    this.surroundings.connect();
    const { flash, sram } = this.chip.rp2040;
    for (const { address, bytes } of image.segments) {
      if (address >= SRAM_START) sram.set(bytes, address - SRAM_START);
      else flash.set(bytes, address - FLASH_START);
    }
    this.chip.start(startInRam(image, this.chip.rp2040.sramView));
  }

  /** Simulated time since power-on in nanoseconds, exact to the cycle. */
  get nanos(): number {
    return this.clock.nanos;
  }

  /** Processor cycles since power-on, those asleep included. */
  get cycles(): number {
    return this.clock.cycles;
  }

  /** Cycles that core 0 spent asleep, in `wfi` or `wfe`. */
  get asleepCycles(): number {
    return this.chip.cores.first.asleepCycles;
  }

  /** Nanoseconds that core 0 spent asleep, in `wfi` or `wfe`. */
  get asleepNanos(): number {
    return this.chip.cores.first.asleepNanos;
  }

  /** Frequency of the processor's clock in hertz: 125 MHz until the firmware configures another. */
  get frequency(): number {
    return this.chip.rp2040.clkSys;
  }

  /** Why the firmware will not go on, once that is so. */
  get ending(): Ending | undefined {
    return this.ended;
  }

  /** The registers that the firmware has accessed so far though they are not emulated, each once. */
  get unknownRegisters(): readonly UnknownRegister[] {
    return this.registers.all;
  }

  /** The level on a pin now, 0 or 1. An input that nothing drives or pulls reads 0. */
  level(pin: number): number {
    return this.chip.corrected.pins.level(pin);
  }

  /** Presses (`true`) or releases a button between a pin and ground. */
  setButton(pin: number, pressed: boolean): void {
    this.surroundings.setGrounded(pin, pressed);
  }

  /** Drives a pin from outside, as the output of a sensor does; undefined lets go of it. An output of the chip is stronger. */
  drive(pin: number, level: 0 | 1 | undefined): void {
    this.surroundings.setDriven(pin, level);
  }

  /**
   * Sets the voltage at an input of the converter: 0 to 3 are GP26 to GP29, 4 is the temperature sensor of the chip.
   *
   * @throws RangeError if there is no such channel
   */
  setAnalog(channel: number, volts: number): void {
    this.surroundings.setAnalog(channel, volts);
  }

  /** What the pulse-width modulator puts out at a pin; undefined where it puts out nothing. */
  pwm(pin: number): Pwm | undefined {
    return readPwm(this.chip.rp2040, pin);
  }

  /** The receiver of a UART, to send something to the firmware. */
  uart(index: 0 | 1): UartPort {
    return this.surroundings.uart(index);
  }

  /** The host at the USB port: it opens the serial port that a firmware offers. */
  get usb(): UsbSerialPort {
    return this.surroundings.usb;
  }

  /** A bus to which devices can be connected. */
  i2c(index: 0 | 1): I2cBus {
    return this.surroundings.i2c(index);
  }

  /** A bus to which devices can be connected. */
  spi(index: 0 | 1): SpiBus {
    return this.surroundings.spi(index);
  }

  /** A pin to which devices can be connected. */
  pin(pin: number): PinPort {
    return this.surroundings.pin(pin);
  }

  /** The pins that the firmware drove while a scheduled press shorted them to ground. */
  get pressedOutputs(): ReadonlySet<number> {
    return this.shorted;
  }

  /** Has a button between a pin and ground pressed at a simulated time from now on, for some time. */
  schedulePress(pin: number, startNanos: number, durationNanos: number): void {
    this.pendingEvents++;
    this.clock.at(startNanos, () => {
      if (this.chip.corrected.pins.isOutput(pin)) this.shorted.add(pin);
      this.setButton(pin, true);
      this.clock.at(startNanos + durationNanos, () => {
        this.setButton(pin, false);
        this.pendingEvents--;
      });
    });
  }

  /** The pins that the firmware drove when a scheduled level came, which had no effect then. */
  get drivenOutputs(): ReadonlySet<number> {
    return this.fought;
  }

  /** Has a pin driven from outside from a simulated time on; undefined lets go of it. */
  scheduleDrive(pin: number, level: 0 | 1 | undefined, startNanos: number): void {
    this.schedule(startNanos, () => {
      if (level !== undefined && this.chip.corrected.pins.isOutput(pin)) this.fought.add(pin);
      this.drive(pin, level);
    });
  }

  /** Has an input of the converter at a voltage from a simulated time on, as {@link setAnalog} does. */
  scheduleAnalog(channel: number, volts: number, startNanos: number): void {
    this.schedule(startNanos, () => this.setAnalog(channel, volts));
  }

  /** Connects two pins with a wire, or takes one such wire away. */
  wire(pin: number, other: number, isConnected = true): void {
    this.surroundings.setWired(pin, other, isConnected);
  }

  /** Connects a device that does something to pins without listening to one. */
  attach(device: Actuator): void {
    this.surroundings.attach(device);
  }

  /** Has bytes sent to a UART from a simulated time on, or over USB once its port is open, too. */
  scheduleInput(bytes: Uint8Array, startNanos: number, port: InputPort = 0): void {
    this.schedule(startNanos, () => {
      if (port !== 'usb') return this.uart(port).receive(bytes);
      this.waiting.push(bytes);
      if (this.usb.isOpen) this.sendWaiting();
    });
  }

  /** How many bytes were to be sent over USB by now, but wait for the port to be opened. */
  get unsentBytes(): number {
    return this.waiting.reduce((sum, { length }) => sum + length, 0);
  }

  /**
   * Runs until a simulated time, for at most `budget` instructions and sleeps.
   *
   * @returns `'time'` when the time is reached, `'budget'` when the budget is spent, `'breakpoint'` before an instruction that has one (but for
   * the first) or when a debugger wants it, `'ended'` when the firmware will not go on
   */
  run(untilNanos: number, budget = Infinity): 'time' | 'budget' | 'breakpoint' | 'ended' {
    const { clock, inspect } = this;
    const { breakpoints } = inspect;
    let first = true;
    for (let left = budget; this.ended === undefined; left--) {
      if (clock.nanos >= untilNanos) return 'time';
      if (left <= 0) return 'budget';
      if (inspect.stopsNow) {
        inspect.stopsNow = false;
        return 'breakpoint';
      }
      const { cores } = this.chip;
      const core = cores.next;
      if (breakpoints.size > 0 && !first && core !== undefined && breakpoints.has(core.programCounter)) return 'breakpoint';
      first = false;
      if (core === undefined) {
        this.sleep(untilNanos);
      } else {
        if (breakpoints.size === 0 && left > 1) left -= cores.runBlocks(untilNanos, left - 1);
        const runs = cores.next ?? core;
        this.ended = this.endingOf(runs, cores.step(runs));
      }
      if (this.chip.isExpired) this.resetByWatchdog();
    }
    return 'ended';
  }

  /** How the program on a core has ended, if the other core or a peripheral goes on without it. */
  get leftBehind(): Ending | undefined {
    return this.ended === undefined ? this.left : undefined;
  }

  /** Lets a firmware go on that had ended, since somebody outside has changed something: a register, a button. */
  revive(): void {
    this.ended = undefined;
  }

  /** Resets the chip as its RUN pin does: everything starts anew but time and memory. */
  reset(): void {
    this.ended = undefined;
    this.startAnew(() => undefined);
  }

  /** Hands over what was sent of a line that is not complete yet. */
  flushConsole(): void {
    for (const line of [...this.consoles, this.usbConsole]) line.flush();
  }

  /** The fault whose handler runs now, in words with its place; undefined while none does. */
  get hardFault(): string | undefined {
    return this.chip.cores.running.map((core) => core.hardFault).find((fault) => fault !== undefined);
  }

  /** Does something to the chip from outside at a time; what is due now is done at once. */
  private schedule(startNanos: number, action: () => void): void {
    if (startNanos <= this.clock.nanos) return action();
    this.pendingEvents++;
    this.clock.at(startNanos, () => {
      action();
      this.pendingEvents--;
    });
  }

  private sendWaiting(): void {
    for (const bytes of this.waiting.splice(0)) this.usb.receive(bytes);
  }

  private printed(console: LineBuffer, uart: number | null, byte: number): void {
    console.push(byte, this.clock.nanos);
    this.events.onConsoleByte?.(uart, byte);
  }

  private powerOn(): Chip {
    return new Chip({ clock: this.clock, inspector: this.inspect, registers: this.registers }, this.image.symbols, { romVersion: this.options.romVersion ?? NEWEST_ROM, flashBytes: flashSizeFor(this.image) }, {
      onLevel: (pin, level) => {
        if (!this.isResetting) this.changed(pin, level);
      },
      onUartByte: (uart, byte) => this.printed(this.consoles[uart] as LineBuffer, uart, byte),
    });
  }

  private changed(pin: number, level: number): void {
    this.surroundings.follow(pin, level);
    this.events.onEdge?.({ pin, nanos: this.clock.nanos, level });
  }

  /** What an expired watchdog does: everything starts anew but time, memory, and the watchdog's own notes. */
  private resetByWatchdog(): void {
    this.startAnew((before) => {
      keepWatchdogState(before, this.chip.rp2040);
      const note = takeBootNote(this.chip.rp2040);
      return note && startAt(note.entry, note.stack);
    });
  }

  /** @param keepState takes over what the reset leaves; where it is to go on, if that is not in flash */
  private startAnew(keepState: (before: RP2040) => Start | undefined): void {
    const before = this.chip;
    this.left = undefined;
    this.clock.dropChipAlarms();
    this.isResetting = true;
    this.chip = this.powerOn();
    this.chip.cores.first.continueSleepOf(before.cores.first);
    const { rp2040 } = this.chip;
    rp2040.flash.set(before.rp2040.flash);
    rp2040.sram.set(before.rp2040.sram);
    const elsewhere = keepState(before.rp2040);
    this.clock.setFrequency(rp2040.clkSys);
    this.surroundings.connect();
    this.isResetting = false;
    for (let pin = 0; pin < PIN_COUNT; pin++) {
      const level = this.level(pin);
      if (level !== before.corrected.pins.level(pin)) this.changed(pin, level);
    }
    try {
      this.chip.start(elsewhere);
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      if (isInRam(this.image)) this.ended = { kind: 'bootsel', text: 'was reset, and went to the USB boot loader (BOOTSEL), as there is no program in flash' };
      else this.ended = { kind: 'boot rom', text: `crashed: it was reset, and there is ${error.message}` }; // it has erased itself
    }
  }

  /** That of the program on a core is not the end of the run while there is something that goes on without it. */
  private endingOf(core: Core, ending: Ending | undefined): Ending | undefined {
    if (ending?.kind !== 'returned') return ending;
    core.halt();
    this.left = ending;
    return this.goesOnAlone() ? undefined : ending;
  }

  /** Whether a peripheral or a core whose program has not ended does something. */
  private goesOnAlone(): boolean {
    const { corrected, cores, rp2040 } = this.chip;
    if (corrected.watchdog.isRunning() || cores.running.some((core) => !core.isHalted && (!core.isAsleep || this.canStillWake()))) return true;
    return this.clock.nextAlarm !== undefined && isSelfDriven(rp2040);
  }

  /** Lets time pass to the next thing that happens, at most to `untilNanos`. */
  private sleep(untilNanos: number): void {
    const { cores } = this.chip;
    for (const core of cores.running) this.ended ??= core.crashAsleep();
    if (this.ended !== undefined) return;
    const isTimeToCome = this.clock.nextAlarm !== undefined || untilNanos < Infinity;
    const goesOn = this.left === undefined ? this.canStillWake() : this.goesOnAlone();
    if (goesOn && isTimeToCome) cores.sleep(untilNanos);
    else this.ended = this.left ?? { kind: 'asleep', text: `asleep for ever ${cores.running.map((core) => core.place()).join(', and ')}` };
  }

  private canStillWake(): boolean {
    const { corrected, cores } = this.chip;
    if (this.awaitsInput || this.pendingEvents > 0 || this.surroundings.isBusy || corrected.watchdog.isRunning()) return true;
    return this.clock.nextAlarm !== undefined && cores.running.some((core) => core.canWakeItself());
  }
}
