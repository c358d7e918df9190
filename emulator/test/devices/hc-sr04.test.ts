import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { HcSr04 } from '../../src/devices/hc-sr04.js';
import { boot } from '../support/compile.js';
import { type BenchPin, DeviceBench } from '../support/device-bench.js';

/** A host of a sensor. */
class Host {
  readonly bench = new DeviceBench();
  readonly trigger: BenchPin;
  readonly echo: BenchPin;

  constructor(readonly sensor: HcSr04) {
    this.trigger = this.bench.pin(sensor.trigger);
    this.echo = this.bench.pin(sensor.echo);
    this.bench.wait(1000);
  }

  pulse(micros = 10): void {
    this.trigger.set(1);
    this.bench.wait(micros);
    this.trigger.set(0);
  }

  /** How long the echo is after a trigger, in microseconds; undefined if there is none. */
  measure(): number | undefined {
    this.echo.changes.length = 0;
    this.pulse();
    this.bench.wait(60_000);
    const [[rise = 0] = [], [fall] = []] = this.echo.changes;
    return fall === undefined ? undefined : fall - rise;
  }

  get faults(): string[] {
    return this.sensor.faults.map(({ text }) => text);
  }
}

describe('an HC-SR04', () => {
  it('answers with 58 us for each centimetre, after its burst', () => {
    const sensor = new HcSr04();
    const host = new Host(sensor);
    for (const [centimetres, micros] of [[2, 116], [12.5, 725], [400, 23_200], [401, 38_000], [Infinity, 38_000], [1, 116], [-1, 116]] as const) {
      sensor.centimetres = centimetres;
      assert.equal(host.measure(), micros, `${centimetres}`);
    }
    assert.equal(host.echo.changes[0]?.[0], host.bench.nanos / 1000 - 60_000 + 200);
    assert.equal(sensor.measurements, 7);
    assert.deepEqual(host.faults, []);
    const hot = new HcSr04(55_000);
    hot.centimetres = 100;
    assert.equal(new Host(hot).measure(), 5500);
  });

  it('wants a trigger of 10 us, after its echo, and 60 ms after the one before', () => {
    const host = new Host(new HcSr04());
    host.sensor.centimetres = 100;
    host.pulse(9.9);
    host.bench.wait(10_000);
    assert.deepEqual(host.sensor.faults.splice(0).map(({ text }) => text), ['trigger for 9.9 us, not at least 10 us']);
    assert.deepEqual(host.echo.changes, []);
    host.pulse(11);
    host.bench.wait(5990); // 200 us of burst and 5800 of echo
    host.pulse();
    assert.equal(host.echo.changes.length, 2);
    host.bench.wait(10_000);
    assert.deepEqual(host.sensor.faults.splice(0).map(({ text }) => text), ['trigger after 6000 us, not at least 60000 us']);
    host.bench.wait(60_000);
    host.pulse();
    host.bench.wait(5980);
    host.pulse();
    host.bench.wait(60_000);
    assert.deepEqual(host.faults, ['trigger before the echo has ended']);
    assert.equal(host.sensor.measurements, 3);
    assert.equal(host.echo.changes.length, 6);
  });

  it('accepts one each 60 ms', () => {
    const host = new Host(new HcSr04());
    host.pulse();
    host.bench.wait(59_990);
    host.pulse();
    host.bench.wait(59_989.9);
    host.pulse();
    assert.deepEqual(host.faults, ['trigger after 59999.9 us, not at least 60000 us']);
  });

  it('is silent while it is unplugged, and lets go of its pin', () => {
    const { sensor, ...host } = new Host(new HcSr04());
    const { bench, echo, trigger } = host;
    const pulse = (): void => {
      trigger.set(1);
      bench.wait(20);
      trigger.set(0);
    };
    pulse();
    bench.wait(1000);
    assert.equal(echo.level, 1);
    sensor.isPlugged = false;
    assert.equal(echo.level, 0);
    assert.equal(sensor.isPlugged, false);
    bench.wait(1000);
    pulse();
    trigger.set(1);
    bench.wait(100_000);
    sensor.isPlugged = true;
    sensor.isPlugged = true;
    trigger.set(0); // the end of a pulse whose start it has not heard
    bench.wait(1000);
    assert.equal(echo.changes.length, 2);
    pulse();
    bench.wait(1000);
    assert.equal(echo.level, 1);
    bench.wait(37_200);
    assert.equal(echo.level, 0);
    assert.deepEqual(sensor.faults, []);
  });

  it('begins anew when it is plugged in again', () => {
    const host = new Host(new HcSr04());
    host.pulse();
    host.sensor.isPlugged = false;
    host.sensor.isPlugged = true;
    host.bench.wait(1000);
    assert.deepEqual(host.echo.changes, []);
    host.pulse();
    host.bench.wait(1000);
    assert.equal(host.echo.level, 1);
    assert.deepEqual(host.faults, []);
  });

  it('is heard by a firmware', () => {
    const sensor = new HcSr04();
    sensor.centimetres = 50;
    const bench = boot(`
      #define MICROS REG(0x40054028)
      int main(void) {
        REG(0x40014004 + 8 * 4) = 5; REG(0x40014004 + 8 * 5) = 5; REG(0xd0000024) = 16;
        uint32_t from = MICROS; while (MICROS - from < 1000) {}
        REG(0xd0000014) = 16; from = MICROS; while (MICROS - from < 12) {} REG(0xd0000018) = 16;
        while (!(REG(0xd0000004) & 32)) {} from = MICROS; while (REG(0xd0000004) & 32) {} hex(MICROS - from); print("\\n"); done(); }`);
    bench.pico.pin(4).attach(sensor.trigger);
    bench.pico.pin(5).attach(sensor.echo);
    bench.run();
    assert.ok(Math.abs(Number.parseInt(bench.trace, 16) - 2900) <= 1, bench.trace);
    assert.deepEqual(sensor.faults, []);
  });
});
