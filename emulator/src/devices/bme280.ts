import { CALIBRATION, rawHumidity, rawPressure, rawTemperature } from './bme280-calibration.js';
import type { DeviceBoard, I2cDevice, SpiDevice } from './device.js';

const CHIP_ID = 0x60;
const RESET_CODE = 0xb6;
const FIRST_CALIBRATION = 0x88;
const ID = 0xd0;
const RESET = 0xe0;
const SECOND_CALIBRATION = 0xe1;
const CTRL_HUM = 0xf2;
const STATUS = 0xf3;
const CTRL_MEAS = 0xf4;
const CONFIG = 0xf5;
const DATA = 0xf7;
const DATA_END = 0xff;
const MEASURING = 1 << 3;

const SLEEP = 0;
const NORMAL = 3;
/** Microseconds between measurements, by the setting. */
const STANDBY_MICROS = [500, 62_500, 125_000, 250_000, 500_000, 1_000_000, 10_000, 20_000];
/** What a quantity that is not measured reads as. */
const SKIPPED = 0x80000;
const SKIPPED_HUMIDITY = 0x8000;

/** What it measures. */
export interface Weather {
  readonly celsius: number;
  readonly hectopascal: number;
  readonly humidityPercent: number;
}

/** The numbers of its converter. */
interface Sample {
  readonly pressure: number;
  readonly temperature: number;
  readonly humidity: number;
}

/**
 * A BME280 of Bosch, over I2C or SPI: its registers, calibration and modes, with the time that a measurement takes. The datasheet's
 * formulas make of its numbers the weather that was set. Its filter does nothing, as there is no noise: the weather changes at once, and
 * every measurement has all its 20 bits.
 */
export class Bme280 implements I2cDevice, SpiDevice {
  weather: Weather = { celsius: 21, hectopascal: 1013.25, humidityPercent: 50 };

  private board: DeviceBoard = { nanos: 0 };
  private readonly settings = new Map<number, number>();
  private humidityOversampling = 0;
  private sample: Sample = { pressure: SKIPPED, temperature: SKIPPED, humidity: SKIPPED_HUMIDITY };
  private mode = SLEEP;
  /** When the measurement that runs, or the next one, is done. */
  private doneAt = Infinity;
  private register: number | undefined;
  private isReading = false;

  connect(board: DeviceBoard): void {
    this.board = board;
  }

  start(isRead: boolean): void {
    if (!isRead) this.register = undefined;
  }

  /** The first byte is a register, the second its value, and so on in pairs. */
  write(byte: number): boolean {
    if (this.register === undefined) {
      this.register = byte;
    } else {
      this.set(this.register, byte);
      this.register = undefined;
    }
    return true;
  }

  read(): number {
    const register = this.register ?? 0;
    this.register = (register + 1) & 0xff;
    return this.get(register);
  }

  select(): void {
    this.register = undefined;
  }

  /** Over SPI the highest bit of the register says whether it is read. */
  transfer(byte: number): number {
    if (this.register === undefined) {
      this.isReading = (byte & 0x80) !== 0;
      this.register = byte | 0x80;
      return 0;
    }
    if (this.isReading) return this.read();
    this.set(this.register, byte);
    this.register = undefined;
    return 0;
  }

  private get(register: number): number {
    this.catchUp();
    if (register >= DATA && register < DATA_END) return this.data[register - DATA] as number;
    const constant = CALIBRATION.first[register - FIRST_CALIBRATION] ?? CALIBRATION.second[register - SECOND_CALIBRATION];
    if (constant !== undefined) return constant;
    switch (register) {
      case ID:
        return CHIP_ID;
      case STATUS:
        return this.isMeasuring ? MEASURING : 0;
      case CTRL_MEAS:
        return ((this.settings.get(CTRL_MEAS) ?? 0) & ~3) | this.mode;
      default:
        return this.settings.get(register) ?? 0;
    }
  }

  private set(register: number, value: number): void {
    this.catchUp();
    if (register === RESET) {
      if (value === RESET_CODE) this.reset();
      return;
    }
    if (register !== CTRL_HUM && register !== CTRL_MEAS && register !== CONFIG) return;
    this.settings.set(register, value);
    if (register !== CTRL_MEAS) return;
    this.humidityOversampling = oversampling(this.settings.get(CTRL_HUM) ?? 0); // which has no effect until now
    this.mode = value & 3;
    this.doneAt = this.mode === SLEEP ? Infinity : this.board.nanos + this.measurementNanos;
  }

  private reset(): void {
    this.settings.clear();
    this.humidityOversampling = 0;
    this.sample = { pressure: SKIPPED, temperature: SKIPPED, humidity: SKIPPED_HUMIDITY };
    this.mode = SLEEP;
    this.doneAt = Infinity;
  }

  /** Finishes the measurements whose time has passed. */
  private catchUp(): void {
    const { nanos } = this.board;
    if (nanos < this.doneAt) return;
    this.sample = this.measure();
    if (this.mode === NORMAL) {
      const period = this.measurementNanos + this.standbyNanos;
      this.doneAt += (Math.floor((nanos - this.doneAt) / period) + 1) * period;
    } else {
      this.mode = SLEEP;
      this.doneAt = Infinity;
    }
  }

  private measure(): Sample {
    const { celsius, hectopascal, humidityPercent } = this.weather;
    const temperature = rawTemperature(celsius);
    const { temperatureOversampling, pressureOversampling } = this;
    return {
      temperature: temperatureOversampling > 0 ? temperature : SKIPPED,
      pressure: pressureOversampling > 0 ? rawPressure(hectopascal * 100, temperature) : SKIPPED,
      humidity: this.humidityOversampling > 0 ? rawHumidity(humidityPercent, temperature) : SKIPPED_HUMIDITY,
    };
  }

  private get isMeasuring(): boolean {
    return this.mode !== SLEEP && this.doneAt - this.board.nanos <= this.measurementNanos;
  }

  private get temperatureOversampling(): number {
    return oversampling((this.settings.get(CTRL_MEAS) ?? 0) >> 5);
  }

  private get pressureOversampling(): number {
    return oversampling((this.settings.get(CTRL_MEAS) ?? 0) >> 2);
  }

  /** The typical time of the datasheet: 1 ms, and 2 ms for each sample with half a one for pressure and humidity. */
  private get measurementNanos(): number {
    const extra = (samples: number): number => (samples > 0 ? 2 * samples + 0.5 : 0);
    return (1 + 2 * this.temperatureOversampling + extra(this.pressureOversampling) + extra(this.humidityOversampling)) * 1e6;
  }

  private get standbyNanos(): number {
    return (STANDBY_MICROS[(this.settings.get(CONFIG) ?? 0) >> 5] as number) * 1000;
  }

  private get data(): number[] {
    const { pressure, temperature, humidity } = this.sample;
    const twenty = (value: number): number[] => [value >> 12, (value >> 4) & 0xff, (value & 0xf) << 4];
    return [...twenty(pressure), ...twenty(temperature), humidity >> 8, humidity & 0xff];
  }
}

/** Samples for a setting of three bits: none, 1, 2, 4, 8, 16. */
function oversampling(setting: number): number {
  const code = setting & 7;
  return code === 0 ? 0 : 1 << (Math.min(code, 5) - 1);
}
