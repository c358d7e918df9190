import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Ds18b20 } from '../../src/devices/ds18b20.js';
import { OneWireBus } from '../../src/devices/onewire-bus.js';
import { crc8 } from '../../src/devices/onewire-device.js';
import { hex, OneWireHost } from '../support/onewire-host.js';

const SKIP = 0xcc;
const MATCH = 0x55;
const READ = 0xbe;
const WRITE = 0x4e;
const CONVERT = 0x44;

function host(...devices: readonly Ds18b20[]): OneWireHost {
  return new OneWireHost(new OneWireBus(devices));
}

function scratchpad(one: OneWireHost, ...address: readonly number[]): number[] {
  one.reset();
  one.write(...(address.length > 0 ? [MATCH, ...address] : [SKIP]), READ);
  return one.read(9);
}

/** Measures, and gives what is shown in sixteenths of a degree. */
function measure(one: OneWireHost): number {
  one.reset();
  one.write(SKIP, CONVERT);
  one.bench.wait(800_000);
  const [low = 0, high = 0] = scratchpad(one);
  return (((high << 8) | low) << 16) >> 16;
}

describe('a DS18B20', () => {
  it('shows 85 degrees and what the factory has set when it is powered on', () => {
    const one = host(new Ds18b20());
    const bytes = scratchpad(one);
    assert.equal(hex(bytes.slice(0, 8)), '50 05 4b 46 7f ff 0c 10');
    assert.equal(crc8(bytes), 0);
    assert.equal(one.readBit(), 1); // nothing follows
    assert.deepEqual(one.bus.faults, []);
  });

  it('measures from -55 to 125 degrees in sixteenths', () => {
    const thermometer = new Ds18b20();
    const one = host(thermometer);
    for (const [celsius, sixteenths] of [[125, 0x7d0], [25.0625, 0x191], [0, 0], [-0.5, -8], [-10.125, -0xa2], [-55, -0x370], [200, 0x7d0], [-99, -0x370]] as const) {
      thermometer.celsius = celsius;
      assert.equal(measure(one), sixteenths, `${celsius}`);
    }
  });

  it('takes as long as its resolution asks for, and shows the old value until then', () => {
    for (const [configuration, millis] of [[0x1f, 93.75], [0x3f, 187.5], [0x5f, 375], [0x7f, 750]] as const) {
      const thermometer = new Ds18b20();
      const one = host(thermometer);
      one.reset();
      one.write(SKIP, WRITE, 0x4b, 0x46, configuration);
      one.reset();
      one.write(SKIP, CONVERT);
      const start = one.bench.nanos - 5000; // it begins with the end of the last slot's low level
      one.bench.wait(millis * 1000 - 100);
      assert.equal(one.readBit(), 0);
      one.bench.wait(100);
      assert.equal(one.readBit(), 1);
      assert.ok(one.bench.nanos - start > millis * 1e6);
      one.reset();
      one.write(SKIP, CONVERT);
      thermometer.celsius = 30;
      assert.equal(scratchpad(one)[0], 0x40); // of the conversion before
      assert.deepEqual(one.bus.faults, []);
    }
    const fast = host(new Ds18b20(1, 600));
    fast.reset();
    fast.write(SKIP, CONVERT);
    fast.bench.wait(600_000);
    assert.equal(fast.readBit(), 1);
  });

  it('shows what was around it when the conversion began', () => {
    const thermometer = new Ds18b20();
    const one = host(thermometer);
    one.reset();
    one.write(SKIP, CONVERT);
    thermometer.celsius = 30;
    one.bench.wait(750_000);
    assert.equal(scratchpad(one)[0], 20 * 16 & 0xff);
  });

  it('is addressed by its number, and says it', () => {
    const [first, second] = [new Ds18b20(1), new Ds18b20(2)] as const;
    const both = host(first, second);
    both.reset();
    both.write(MATCH, ...second.rom, WRITE, 1, 2, 0x1f);
    assert.deepEqual([first.resolution, second.resolution], [12, 9]);
    assert.equal(hex(scratchpad(both, ...second.rom).slice(2, 5)), '01 02 1f');
    assert.equal(hex(scratchpad(both, ...first.rom).slice(2, 5)), '4b 46 7f');
    assert.equal(hex(scratchpad(both, ...first.rom.slice(0, 7), 0)), 'ff ff ff ff ff ff ff ff ff');
    const alone = host(new Ds18b20(7));
    alone.reset();
    alone.write(0x33);
    assert.equal(hex(alone.read(9)), `${hex(new Ds18b20(7).rom)} ff`);
    assert.deepEqual(alone.bus.faults, []);
  });

  it('keeps the bits of its settings that cannot be written', () => {
    const one = host(new Ds18b20());
    one.reset();
    one.write(SKIP, WRITE, 0, 0, 0x80);
    assert.equal(scratchpad(one)[4], 0x1f);
    assert.equal(measure(one), 20 * 16);
  });

  it('forgets its settings without supply, but for what it was told to keep', () => {
    const thermometer = new Ds18b20();
    const one = host(thermometer);
    const settings = (): string => hex(scratchpad(one).slice(2, 5));
    const replug = (): void => {
      thermometer.isPlugged = false;
      assert.equal(one.reset(), false);
      thermometer.isPlugged = true;
    };
    measure(one);
    one.reset();
    one.write(SKIP, WRITE, 9, 8, 0x3f);
    replug();
    assert.equal(hex(scratchpad(one).slice(0, 5)), '50 05 4b 46 7f');
    one.reset();
    one.write(SKIP, WRITE, 9, 8, 0x3f);
    one.reset();
    one.write(SKIP, 0x48);
    assert.equal(one.readBit(), 0);
    one.bench.wait(10_000);
    assert.equal(one.readBit(), 1);
    one.reset();
    one.write(SKIP, WRITE, 1, 1, 0x7f);
    one.reset();
    one.write(SKIP, 0xb8);
    assert.equal(one.readBit(), 1);
    assert.equal(settings(), '09 08 3f');
    replug();
    assert.equal(settings(), '09 08 3f');
    thermometer.isPlugged = true; // it is
    assert.equal(settings(), '09 08 3f');
    one.reset();
    one.write(SKIP, 0xb4);
    assert.equal(one.readBit(), 1); // it has a supply
  });

  it('forgets what it was about to do, too', () => {
    const thermometer = new Ds18b20();
    const one = host(thermometer);
    const replug = (): void => {
      thermometer.isPlugged = false;
      thermometer.isPlugged = true;
    };
    one.reset();
    one.write(SKIP, CONVERT);
    replug();
    one.bench.wait(800_000);
    assert.equal(hex(scratchpad(one).slice(0, 2)), '50 05');
    one.reset();
    one.write(SKIP);
    replug();
    one.write(READ);
    assert.equal(hex(one.read(2)), 'ff ff');
    thermometer.celsius = 100;
    measure(one);
    assert.equal(one.search(0xec).length, 1);
    replug();
    assert.equal(one.search(0xec).length, 0);
  });

  it('takes part in a search for alarms when its temperature calls for it', () => {
    const [warm, cold] = [new Ds18b20(1), new Ds18b20(2)] as const;
    const one = host(warm, cold);
    const alarmed = (): string[] => one.search(0xec);
    assert.deepEqual(alarmed(), []);
    one.reset();
    one.write(SKIP, WRITE, 30, 0xf6, 0x7f); // 30 and -10
    for (const [celsius, isAlarmed] of [[29.9375, 0], [30, 1], [-8.9375, 0], [-9.0625, 1], [-10, 1], [20, 0]] as const) {
      warm.celsius = celsius;
      measure(one);
      assert.deepEqual(alarmed(), isAlarmed ? [hex(warm.rom)] : [], `${celsius}`);
    }
    assert.deepEqual(one.bus.faults, []);
  });

  it('notes commands that there are not, and a memory that is written in part', () => {
    const one = host(new Ds18b20(1), new Ds18b20(2));
    one.reset();
    one.write(0x12);
    one.reset();
    one.write(SKIP, 0x34);
    one.reset();
    one.write(SKIP, WRITE, 1, 2);
    one.reset();
    one.write(SKIP, WRITE, 1, 2, 0x7f);
    one.reset();
    assert.deepEqual(one.bus.faults.map(({ text }) => text), ['0x12 is no ROM command', '0x34 is no command of a DS18B20', 'a reset after 2 of the 3 bytes of its memory']);
  });
});
