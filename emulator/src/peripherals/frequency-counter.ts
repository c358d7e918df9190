import type { CycleClock } from '../clock.js';
import { ADC, type ClockGenerators, PERI, REF, RTC, SYS, USB } from './clock-generators.js';

const REF_KHZ = 0;
const MIN_KHZ = 1;
const MAX_KHZ = 2;
const DELAY = 3;
const INTERVAL = 4;
const SOURCE = 5;
const STATUS = 6;
const RESULT = 7;
const MASKS = [0xfffff, 0x1ffffff, 0x1ffffff, 0x7, 0xf, 0xff];
const RESET_VALUES = [0, 0, 0x1ffffff, 1, 8, 0];

const PASS = 1 << 0;
const DONE = 1 << 4;
const RUNNING = 1 << 8;
const FAIL = 1 << 16;
const SLOW = 1 << 20;
const FAST = 1 << 24;

/** The shortest interval, and the accuracy that it has (RP2040 datasheet 2.15.4.2). The next ones are each twice as long and as accurate. */
const SHORTEST_NANOS = 1e6 / 1024;
const COARSEST_KHZ = 2048;
const FRACTION = 32;

/**
 * The frequency counter: a write to its source register starts it, and it takes its time.
 *
 * That of a clock which stands still ends, too, with 0: the Pico SDK's example hello_48MHz measures a PLL that it has turned off.
 */
export class FrequencyCounter {
  private readonly values = [...RESET_VALUES];
  private status = 0;
  private result = 0;
  private readonly alarm: ReturnType<CycleClock['createAlarm']>;

  constructor(
    clock: CycleClock,
    private readonly generators: ClockGenerators,
  ) {
    this.alarm = clock.createAlarm(() => this.finish());
  }

  reset(): void {
    this.alarm.cancel();
    this.values.splice(0, this.values.length, ...RESET_VALUES);
    this.status = this.result = 0;
  }

  /** @param register its place among the counter's, in words */
  read(register: number): number | undefined {
    if (register === STATUS) return this.status;
    return register === RESULT ? this.result : this.values[register];
  }

  write(register: number, value: number): void {
    if (register > SOURCE) return;
    this.values[register] = value & (MASKS[register] as number);
    if (register === SOURCE) this.start();
  }

  private value(register: number): number {
    return this.values[register] as number;
  }

  private start(): void {
    this.alarm.cancel();
    this.result = 0;
    this.status = RUNNING;
    const reference = this.generators.frequency(REF);
    if (reference > 0) this.alarm.schedule((this.value(DELAY) * 1e9) / reference + SHORTEST_NANOS * 2 ** this.value(INTERVAL));
  }

  private finish(): void {
    const reference = this.generators.frequency(REF) / 1000;
    // It knows time only by the frequency that it has been told of its reference.
    const measured = (this.frequency() / 1000) * (reference > 0 ? this.value(REF_KHZ) / reference : 0);
    const step = COARSEST_KHZ / 2 ** this.value(INTERVAL);
    const khz = Math.floor(measured / step) * step;
    this.result = Math.floor(khz * FRACTION) >>> 0;
    const isSlow = khz < this.value(MIN_KHZ);
    const isFast = khz > this.value(MAX_KHZ);
    this.status = DONE | (isSlow || isFast ? FAIL : PASS) | (isSlow ? SLOW : 0) | (isFast ? FAST : 0);
  }

  /** Of the clock that it is to count, in hertz. */
  private frequency(): number {
    const { generators } = this;
    switch (this.value(SOURCE)) {
      case 1:
        return generators.of('pll_sys');
      case 2:
        return generators.of('pll_usb');
      case 3:
      case 4:
        return generators.of('rosc');
      case 5:
        return generators.of('xosc');
      case 8:
        return generators.frequency(REF);
      case 9:
        return generators.frequency(SYS);
      case 10:
        return generators.frequency(PERI);
      case 11:
        return generators.frequency(USB);
      case 12:
        return generators.frequency(ADC);
      case 13:
        return generators.frequency(RTC);
      default:
        return 0;
    }
  }
}
