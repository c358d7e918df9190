import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Dht22 } from '../../src/devices/dht22.js';
import { boot } from '../support/compile.js';
import { type BenchPin, DeviceBench } from '../support/device-bench.js';

const SECOND = 1e6;

/** A host of a sensor. */
class Host {
  readonly bench = new DeviceBench();
  readonly pin: BenchPin;

  constructor(readonly sensor = new Dht22()) {
    this.pin = this.bench.pin(sensor);
    this.bench.wait(SECOND);
  }

  /** The five bytes that it sends, as text; undefined if it does not answer. */
  read(start = 1000): string | undefined {
    this.pin.pull(start);
    this.pin.changes.length = 0;
    this.bench.wait(10_000);
    const { changes } = this.pin;
    if (changes.length === 0) return undefined;
    assert.equal(changes.length, 2 + 2 * 40 + 2);
    const highs = changes.slice(3).flatMap(([micros, level], index) => (level === 0 ? [micros - (changes[2 + index]?.[0] ?? 0)] : []));
    const bits = highs.map((high) => (high > 48 ? 1 : 0));
    return Array.from({ length: 5 }, (_, byte) => bits.slice(8 * byte, 8 * byte + 8).reduce<number>((sum, bit) => 2 * sum + bit, 0).toString(16).padStart(2, '0')).join(' ');
  }

  /** The same two seconds later. */
  readLater(): string | undefined {
    this.bench.wait(2 * SECOND);
    return this.read();
  }

  get faults(): string[] {
    return this.sensor.faults.map(({ text }) => text);
  }
}

describe('a DHT22', () => {
  it('answers with the times of its data sheet', () => {
    const sensor = new Dht22();
    sensor.climate = { celsius: 0, humidityPercent: 25.6 };
    const host = new Host(sensor);
    assert.equal(host.read(), '01 00 00 00 01');
    const { changes } = host.pin;
    const lasted = changes.slice(1).map(([micros], index) => Math.round(micros - (changes[index]?.[0] ?? 0)));
    assert.equal(changes[0]?.[0], 1_001_030);
    assert.deepEqual(lasted.slice(0, 2), [80, 80]);
    assert.deepEqual([...new Set(lasted.slice(2).filter((_, index) => index % 2 === 0))], [50]);
    assert.deepEqual(lasted.slice(2).flatMap((micros, index) => (index % 2 === 1 ? [micros] : [])), [...Array(7).fill(26), 70, ...Array(31).fill(26), 70]);
    assert.equal(changes.at(-1)?.[1], 1);
    assert.deepEqual(host.faults, []);
  });

  it('sends tenths, the sign apart, and their sum', () => {
    for (const [celsius, humidityPercent, bytes] of [
      [35.1, 65.2, '02 8c 01 5f ee'],
      [-10.1, 65.2, '02 8c 80 65 73'],
      [0, 0, '00 00 00 00 00'],
      [-0.04, 0, '00 00 00 00 00'],
      [80, 99.9, '03 e7 03 20 0d'],
      [81, 100, '03 e7 03 20 0d'],
      [-41, -1, '00 00 81 90 11'],
    ] as const) {
      const sensor = new Dht22();
      sensor.climate = { celsius, humidityPercent };
      assert.equal(new Host(sensor).read(), bytes, `${celsius}`);
    }
  });

  it('measures 2 s after each reading: who reads earlier gets the old values, who waits for long, too', () => {
    const host = new Host();
    const warm = '01 f4 00 c8 bd';
    const hot = '01 f4 01 2c 22';
    assert.equal(host.read(), warm);
    host.sensor.climate = { celsius: 30, humidityPercent: 50 };
    host.bench.wait(1.9 * SECOND);
    assert.equal(host.read(), warm);
    assert.deepEqual(host.sensor.faults.splice(0).map(({ text }) => text), ['read after 1911000 us, not at least 2000000 us']);
    host.bench.wait(0.1 * SECOND);
    assert.equal(host.read(), hot);
    host.sensor.faults.length = 0;
    assert.equal(host.readLater(), hot);
    host.bench.wait(10 * SECOND);
    host.sensor.climate = { celsius: 20, humidityPercent: 50 };
    assert.equal(host.read(), hot);
    assert.equal(host.readLater(), warm);
    assert.deepEqual(host.faults, []);
    assert.deepEqual(host.sensor.climate, { celsius: 20, humidityPercent: 50 });
    assert.equal(host.sensor.readings, 6);
  });

  it('wants a start signal of 0.8 to 20 ms, not in its first second', () => {
    const faults = (start: number, after = 0): string[] => {
      const host = new Host();
      host.bench.wait(after);
      const answers = host.read(start) !== undefined;
      return [...host.faults, answers ? 'answers' : 'is silent'];
    };
    assert.deepEqual(faults(800), ['answers']);
    assert.deepEqual(faults(20_000), ['answers']);
    assert.deepEqual(faults(799), ['start signal for 799 us, not at least 800 us', 'is silent']);
    assert.deepEqual(faults(20_001), ['start signal for 20001 us, not at most 20000 us', 'answers']);
    const early = new Host();
    early.sensor.isPlugged = false;
    early.sensor.isPlugged = true;
    early.bench.wait(998_999);
    assert.equal(early.read(), undefined);
    assert.deepEqual(early.faults, ['start signal 999999 us after power-on, not at least 1000000 us']);
    assert.notEqual(early.read(), undefined);
  });

  it('notes a host that drives the wire while it sends', () => {
    const host = new Host();
    host.pin.pull(1000);
    host.bench.wait(35);
    host.pin.set(1);
    host.bench.wait(100); // into the second half of its answer
    assert.deepEqual(host.sensor.faults.splice(0).map(({ text }) => text), ['driven high while the sensor pulls it low']);
    host.pin.set(undefined);
    host.pin.set(0);
    assert.deepEqual(host.sensor.faults.splice(0).map(({ text }) => text), ['pulled low while the sensor sends']);
    const push = new Host();
    push.pin.pull(1000);
    push.pin.set(1);
    push.bench.wait(10_000);
    assert.equal(push.faults.length, 42);
    assert.deepEqual(new Set(push.faults), new Set(['driven high while the sensor pulls it low']));
  });

  it('lets go of the wire when it is unplugged, and forgets nothing that is around it', () => {
    const host = new Host();
    host.pin.pull(1000);
    host.bench.wait(50);
    assert.equal(host.pin.level, 0);
    host.sensor.isPlugged = false;
    assert.equal(host.pin.level, 1);
    host.bench.wait(10_000);
    assert.equal(host.read(), undefined);
    host.sensor.isPlugged = true;
    host.sensor.isPlugged = true;
    host.bench.wait(SECOND);
    assert.equal(host.read(), '01 f4 00 c8 bd');
    assert.equal(host.sensor.isPlugged, true);
    assert.deepEqual(host.faults, []);
  });

  it('says nothing more of what it was sending when it is plugged in again', () => {
    const host = new Host();
    host.pin.pull(1000);
    host.sensor.isPlugged = false;
    host.sensor.isPlugged = true;
    host.pin.changes.length = 0;
    host.bench.wait(SECOND);
    assert.deepEqual(host.pin.changes, []);
    assert.notEqual(host.read(), undefined);
    assert.deepEqual(host.faults, []);
  });

  it('answers a firmware', () => {
    const sensor = new Dht22();
    sensor.climate = { celsius: -10.1, humidityPercent: 65.2 };
    const bench = boot(`
      #define MICROS REG(0x40054028)
      #define LEVEL (REG(0xd0000004) >> 4 & 1)
      static void wait(uint32_t us) { uint32_t from = MICROS; while (MICROS - from < us) {} }
      int main(void) {
        REG(0x40014004 + 8 * 4) = 5; wait(1000000);
        REG(0xd0000024) = 16; wait(1000); REG(0xd0000028) = 16; wait(5);
        while (LEVEL) {} while (!LEVEL) {} while (LEVEL) {}
        uint32_t bits = 0;
        for (int bit = 0; bit < 40; bit++) {
          while (!LEVEL) {}
          uint32_t from = MICROS; while (LEVEL) {}
          bits = bits << 1 | (MICROS - from > 48);
          if (bit == 31) { hex(bits); bits = 0; }
        }
        hex(bits); print("\\n"); done(); }`);
    bench.pico.pin(4).attach(sensor);
    bench.run(2e9);
    assert.equal(bench.trace.trim(), '028c806500000073');
    assert.deepEqual(sensor.faults, []);
  });
});
