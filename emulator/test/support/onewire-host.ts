import type { OneWireBus } from '../../src/devices/onewire-bus.js';
import { DeviceBench, type BenchPin } from './device-bench.js';

/** A host of a 1-Wire bus, which keeps to the data sheet. */
export class OneWireHost {
  readonly bench = new DeviceBench();
  readonly pin: BenchPin;

  constructor(readonly bus: OneWireBus) {
    this.pin = this.bench.pin(bus);
    this.bench.wait(1000);
  }

  /** Whether a device answers. */
  reset(): boolean {
    this.pin.pull(480);
    this.bench.wait(68);
    const { level } = this.pin;
    this.bench.wait(480);
    return level === 0;
  }

  writeBit(bit: number): void {
    this.pin.pull(bit ? 5 : 65);
    this.bench.wait(bit ? 65 : 5);
  }

  readBit(): number {
    this.pin.pull(3);
    this.bench.wait(10);
    const { level } = this.pin;
    this.bench.wait(57);
    return level;
  }

  write(...bytes: readonly number[]): void {
    for (const byte of bytes) for (let bit = 0; bit < 8; bit++) this.writeBit((byte >> bit) & 1);
  }

  read(count: number): number[] {
    return Array.from({ length: count }, () => Array.from({ length: 8 }, (_, bit) => this.readBit() << bit).reduce((byte, bit) => byte | bit));
  }

  /** All devices that answer a search, by their numbers. */
  search(command = 0xf0): string[] {
    const found: string[] = [];
    let path: number[] = []; // what was written where both bits are there
    do {
      this.reset();
      this.write(command);
      const bits: number[] = [];
      let forks: number[] = [];
      for (let at = 0; at < 64; at++) {
        const [bit, complement] = [this.readBit(), this.readBit()];
        if (bit === 1 && complement === 1) return found;
        const isFork = bit === 0 && complement === 0;
        const next = isFork ? (path[forks.length] ?? 0) : bit;
        if (isFork) forks = [...forks, next];
        bits.push(next);
        this.writeBit(next);
      }
      found.push(hex(Array.from({ length: 8 }, (_, byte) => bits.slice(8 * byte, 8 * byte + 8).reduce((sum, bit, index) => sum | (bit << index), 0))));
      const last = forks.lastIndexOf(0);
      path = last < 0 ? [] : [...forks.slice(0, last), 1];
    } while (path.length > 0);
    return found;
  }
}

/** Bytes as text. */
export function hex(bytes: Iterable<number>): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
