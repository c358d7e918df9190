import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Ds18b20 } from '../../src/devices/ds18b20.js';
import { OneWireBus, type OneWireTiming } from '../../src/devices/onewire-bus.js';
import { crc8 } from '../../src/devices/onewire-device.js';
import { boot } from '../support/compile.js';
import { DeviceBench } from '../support/device-bench.js';
import { hex, OneWireHost } from '../support/onewire-host.js';

const EARLY: OneWireTiming = { presenceAfter: 15, presence: 60, zero: 15, one: 0 };
const LATE: OneWireTiming = { presenceAfter: 60, presence: 240, zero: 60, one: 10 };

function host(devices: readonly Ds18b20[], timings?: readonly OneWireTiming[]): OneWireHost {
  return new OneWireHost(new OneWireBus(devices, timings));
}

/** What the faults say, after something was done to the wire. */
function faultsOf(doTo: (host: OneWireHost) => void, devices: readonly Ds18b20[] = []): string[] {
  const one = host(devices);
  doTo(one);
  return one.bus.faults.map(({ text }) => text);
}

describe('a 1-Wire bus', () => {
  it('notes times that are not those of the data sheet, and none that is', () => {
    const low = (micros: number) => (one: OneWireHost): void => one.pin.pull(micros);
    for (const micros of [1, 15, 60, 120, 480, 960]) assert.deepEqual(faultsOf(low(micros)), [], `${micros}`);
    for (const [micros, fault] of [
      [0.9, 'one for 0.9 us, not at least 1 us'],
      [15.1, 'one for 15.1 us, not at most 15 us'],
      [37.5, 'one for 37.5 us, not at most 15 us'],
      [37.6, 'zero for 37.6 us, not at least 60 us'],
      [59.9, 'zero for 59.9 us, not at least 60 us'],
      [120.1, 'zero for 120.1 us, not at most 120 us'],
      [300, 'zero for 300 us, not at most 120 us'],
      [300.1, 'reset for 300.1 us, not at least 480 us'],
      [479.9, 'reset for 479.9 us, not at least 480 us'],
      [960.1, 'reset for 960.1 us, not at most 960 us'],
    ] as const) assert.deepEqual(faultsOf(low(micros)), [fault]);
  });

  it('notes what comes too early', () => {
    const twice = (first: number, pause: number, second = 5) => (one: OneWireHost): void => {
      one.pin.pull(first);
      one.bench.wait(pause);
      one.pin.pull(second);
    };
    for (const [first, pause] of [[60, 1], [5, 56], [480, 480]] as const) assert.deepEqual(faultsOf(twice(first, pause)), []);
    assert.deepEqual(faultsOf(twice(61, 0.9)), ['recovery for 0.9 us, not at least 1 us']);
    assert.deepEqual(faultsOf(twice(5, 55.9)), ['slot for 60.9 us, not at least 61 us']);
    assert.deepEqual(faultsOf(twice(480, 479)), ['after reset for 479 us, not at least 480 us']);
    // Before the devices answer, while they do, and afterwards. The wire shows only that it was low since they pulled it.
    for (const [pause, high] of [[10, 10], [100, 30], [200, 200]] as const) {
      assert.equal(faultsOf(twice(480, pause, 65), [new Ds18b20()])[0], `after reset for ${high} us, not at least 480 us`);
    }
  });

  it('takes a reset for one that begins while devices still answer the one before', () => {
    const one = host([new Ds18b20()], [LATE]);
    one.pin.pull(480);
    one.bench.wait(100);
    one.pin.changes.length = 0;
    one.pin.pull(480); // of which they see 220 us once they have let go of the wire, after their own 240 us
    one.bench.wait(60);
    assert.deepEqual(one.pin.changes, [[2060, 1], [2120, 0]]);
  });

  it('notes a host that drives the wire high against a device, from the start or later', () => {
    for (const micros of [0, 60]) {
      const faults = faultsOf((one) => {
        one.pin.pull(480);
        one.bench.wait(micros);
        one.pin.set(1);
        one.bench.wait(480);
      }, [new Ds18b20()]);
      assert.deepEqual(faults, ['driven high while a device pulls it low']);
    }
  });

  it('may be attached to a wire that is high already', () => {
    const bench = new DeviceBench();
    const bus = new OneWireBus([]);
    const pin = bench.pin();
    pin.set(1);
    pin.attach(bus);
    bench.wait(10);
    pin.pull(0.5);
    assert.deepEqual(bus.faults.map(({ text }) => text), ['one for 0.5 us, not at least 1 us']);
  });

  it('has its devices answer a reset, if there are any', () => {
    const thermometer = new Ds18b20();
    const one = host([thermometer]);
    one.pin.changes.length = 0;
    assert.equal(one.reset(), true);
    assert.deepEqual(one.pin.changes, [[1000, 0], [1480, 1], [1510, 0], [1630, 1]]);
    thermometer.isPlugged = false;
    assert.equal(one.reset(), false);
    assert.deepEqual(one.bus.faults, []);
  });

  it('has them use the times of the data sheet in turn', () => {
    const one = host([new Ds18b20()], [EARLY, LATE]);
    one.pin.changes.length = 0;
    one.pin.pull(480);
    one.bench.wait(520);
    one.pin.pull(480);
    one.bench.wait(520);
    assert.deepEqual(one.pin.changes.slice(2, 4), [[1495, 0], [1555, 1]]);
    assert.deepEqual(one.pin.changes.slice(6), [[2540, 0], [2780, 1]]);
    one.write(0x33);
    one.pin.changes.length = 0;
    // The family is 0x28, so the fourth bit is the first 1.
    const from = one.bench.nanos / 1000;
    for (let bit = 0; bit < 4; bit++) one.readBit();
    assert.deepEqual(one.pin.changes.filter(([, level]) => level === 1).map(([micros]) => micros - from), [15, 130, 155, 220]);
    assert.deepEqual(one.bus.faults, []);
  });

  it('finds all devices, whatever their times', () => {
    const devices = [8, 3, 0x123456789abc, 1].map((serial) => new Ds18b20(serial));
    const numbers = devices.map(({ rom }) => hex(rom)).sort();
    for (const timings of [undefined, [EARLY], [LATE], [EARLY, LATE]]) {
      const one = host(devices, timings);
      assert.deepEqual(one.search().sort(), numbers);
      assert.deepEqual(one.bus.faults, []);
    }
    (devices[1] as Ds18b20).isPlugged = false;
    assert.equal(host(devices).search().length, 3);
    for (const { rom } of devices) assert.equal(crc8(rom), 0);
    assert.equal(hex((devices[2] as Ds18b20).rom.subarray(0, 7)), '28 bc 9a 78 56 34 12');
  });

  it('tells its times to whoever measures them', () => {
    const one = host([]);
    const times: string[] = [];
    one.bus.onTime = (time, nanos) => times.push(`${time} ${nanos / 1000}`);
    one.reset();
    one.writeBit(0);
    one.writeBit(1);
    assert.deepEqual(times, ['recovery 1000', 'reset 480', 'after reset 548', 'zero 65', 'recovery 5', 'slot 70', 'one 5']);
  });

  it('is reset by a firmware, and goes on when the chip is reset', () => {
    const thermometer = new Ds18b20();
    const bus = new OneWireBus([thermometer]);
    const bench = boot(`
      static void wait(int us) { uint32_t from = REG(0x40054028); while ((int)(REG(0x40054028) - from) < us) {} }
      int main(void) {
        REG(0x40014004 + 8 * 4) = 5; wait(1000);
        REG(0xd0000024) = 16; wait(500); REG(0xd0000028) = 16; wait(68);
        hex(REG(0xd0000004) >> 4 & 1); wait(500); hex(REG(0xd0000004) >> 4 & 1); print("\\n"); done(); }`);
    bench.pico.pin(4).attach(bus);
    bench.run();
    assert.equal(bench.trace.trim(), '0000000000000001');
    bench.pico.reset();
    assert.deepEqual(bench.edgesOf(4).slice(-4).length, 4);
    bench.run();
    assert.deepEqual(bus.faults, []);
  });
});
