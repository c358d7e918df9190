import type { DevicePin, PinDevice } from '../../src/devices/device.js';

const CYCLE = 8;

/** A pin of a bench: the level that the host gives it, and that of the device. */
export class BenchPin implements DevicePin {
  /** Each change of its level, as the time in microseconds and the level. */
  readonly changes: [micros: number, level: number][] = [];
  level = 0;
  private host: 0 | 1 | undefined;
  private device: 0 | 1 | undefined;
  private isTelling = false;
  private readonly devices: PinDevice[] = [];

  constructor(private readonly bench: DeviceBench) {}

  get nanos(): number {
    return this.bench.nanos;
  }

  attach(device: PinDevice): void {
    this.devices.push(device);
    device.connect?.(this);
  }

  drive(level: 0 | 1 | undefined): void {
    if (this.isTelling) return this.at(this.nanos, () => this.drive(level));
    this.device = level;
    this.update();
  }

  at(nanos: number, action: () => void): void {
    this.bench.at(nanos, action);
  }

  /** The host drives the pin, or lets go of it. */
  set(level: 0 | 1 | undefined): void {
    this.host = level;
    this.update();
  }

  /** The host pulls it low for some time, and lets go of it. */
  pull(micros: number): void {
    this.set(0);
    this.bench.wait(micros);
    this.set(undefined);
  }

  private update(): void {
    const level = this.host ?? this.device ?? 0;
    if (level === this.level) return;
    this.level = level;
    this.changes.push([this.nanos / 1000, level]);
    this.isTelling = true;
    for (const device of this.devices) device.edge(level, this.nanos);
    this.isTelling = false;
  }
}

/** Pins with devices, and a time that a test sets: for what a device does at times that are none of a firmware's. */
export class DeviceBench {
  nanos = 0;
  private readonly due: { at: number; action: () => void }[] = [];

  pin(device?: PinDevice): BenchPin {
    const pin = new BenchPin(this);
    if (device !== undefined) pin.attach(device);
    return pin;
  }

  at(nanos: number, action: () => void): void {
    this.due.push({ at: Math.max(nanos, this.nanos + CYCLE), action });
    this.due.sort((one, other) => one.at - other.at);
  }

  wait(micros: number): void {
    const end = this.nanos + micros * 1000;
    for (let next = this.due[0]; next !== undefined && next.at <= end; next = this.due[0]) {
      this.due.shift();
      this.nanos = next.at;
      next.action();
    }
    this.nanos = end;
  }
}
