import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bme280 } from '../../src/devices/bme280.js';
import type { I2cDevice } from '../../src/devices/device.js';
import { compile } from '../support/compile.js';
import { BME280_DRIVER } from '../support/fixtures.js';
import { I2C_DRIVER } from '../support/i2c-driver.js';
import { Bench } from '../support/program.js';

function run(source: string, devices: Record<number, I2cDevice>): Bench {
  const bench = Bench.of(compile(I2C_DRIVER + source));
  for (const [address, device] of Object.entries(devices)) bench.pico.i2c(0).attach(Number(address), device);
  return bench.run();
}

/** Notes what happens to it, and answers with consecutive numbers. */
class Notebook implements I2cDevice {
  readonly notes: string[] = [];
  private next = 0x40;
  start(isRead: boolean): void {
    this.notes.push(isRead ? 'read' : 'write');
  }
  write(byte: number): boolean {
    this.notes.push(String(byte));
    return byte !== 99;
  }
  read(): number {
    return this.next++;
  }
  stop(): void {
    this.notes.push('stop');
  }
}

describe('an I2C bus', () => {
  it('takes bytes to the device and back, with a repeated start in between', () => {
    const device = new Notebook();
    const bench = run('int main(void) { uint8_t b[3]; i2c_init(); read_registers(0x20, 7, b, 3); hex(b[0]); hex(b[2]); write_register(0x20, 1, 2); done(); }', { 0x20: device });
    assert.equal(bench.trace, '0000004000000042');
    assert.deepEqual(device.notes, ['write', '7', 'read', 'stop', 'write', '1', '2', 'stop']);
  });

  it('is not acknowledged by an address without a device, nor by a device that refuses a byte', () => {
    const bench = run('int main(void) { i2c_init(); hex(-i2c_write(0x21, (uint8_t[]){1}, 1, 0)); hex(-i2c_write(0x20, (uint8_t[]){99, 1}, 2, 0)); hex(i2c_write(0x20, (uint8_t[]){1}, 1, 0)); done(); }', {
      0x20: new Notebook(),
    });
    assert.equal(bench.trace, '00000001' + '00000008' + '00000001'); // 7-bit address, data
  });

  it('takes the time that its speed asks for', () => {
    const pinned = 'REG(0x40014014) = 5; REG(0xd0000024) = 1 << 2;';
    const bench = run(`int main(void) { uint8_t b[10] = {0}; ${pinned} i2c_init(); REG(0xd000001c) = 4; i2c_write(0x20, b, 10, 0); REG(0xd000001c) = 4; done(); }`, { 0x20: new Notebook() });
    const [from = 0, to = 0] = bench.edgesOf(2);
    const nanos = (11 * 9 + 2) * (125 + 187 + 8) * 8; // address and ten bytes, start and stop
    assert.ok(to - from > nanos && to - from < nanos * 1.1, `${to - from} ns`);
  });

  it('interrupts when there is room to send and when something was received', () => {
    const bench = run(`
      static volatile int received;
      void irq23(void) { if (REG(I2C + 0x2c) & 4) { received = REG(I2C + 0x10) & 0xff; REG(I2C + 0x30) = 0; } }
      int main(void) {
        i2c_init(); target(0x20);
        REG(I2C + 0x30) = 4; REG(0xe000e100) = 1 << 23;
        REG(I2C + 0x10) = 1 << 8 | 1 << 9;
        while (!received) __asm__ volatile("wfi");
        hex(received); done();
      }`, { 0x20: new Notebook() });
    assert.equal(bench.trace, '00000040');
  });
});

describe('a BME280', () => {

  it('gives the weather that was set, by the formulas of the datasheet', () => {
    const program = compile(`${BME280_DRIVER} int main(void) { i2c_init(); read_calibration(); put(measure() > 2 ? '>' : 'x'); show_weather(); done(); }`);
    const cases: [number, number, number][] = [[21, 1013.25, 50], [-10.5, 950, 85], [39.99, 1080, 12.5], [0, 700, 99], [-40, 300, 0], [85, 1100, 100]];
    for (const [celsius, hectopascal, humidityPercent] of cases) {
      const sensor = new Bme280();
      sensor.weather = { celsius, hectopascal, humidityPercent };
      const bench = Bench.of(program);
      bench.pico.i2c(0).attach(0x76, sensor);
      const { trace } = bench.run();
      const [, t, p, h] = /^>(-?\d+\.\d\d) C (\d+\.\d\d) hPa (\d+\.\d) %$/m.exec(trace)?.map(Number) ?? [];
      assert.ok(Math.abs((t ?? NaN) - celsius) <= 0.01 + 1e-9, `${trace}: ${celsius} degrees`);
      assert.ok(Math.abs((p ?? NaN) - hectopascal) <= 0.02, `${trace}: ${hectopascal} hPa`);
      assert.ok(Math.abs((h ?? NaN) - humidityPercent) <= 0.1, `${trace}: ${humidityPercent} %`);
    }
  });

  it('says what it is, and forgets its settings when it is reset', () => {
    const bench = run(`
      int main(void) {
        uint8_t b;
        i2c_init();
        read_registers(0x76, 0xd0, &b, 1); hex(b);
        write_register(0x76, 0xf5, 0xa0); read_registers(0x76, 0xf5, &b, 1); hex(b);
        write_register(0x76, 0xe0, 0xb6); read_registers(0x76, 0xf5, &b, 1); hex(b);
        done();
      }`, { 0x76: new Bme280() });
    assert.equal(bench.trace, '00000060000000a000000000');
  });

  it('measures once when forced, again and again in normal mode, and not what has no oversampling', () => {
    const sensor = new Bme280();
    const bench = Bench.of(compile(`${I2C_DRIVER} static uint8_t d[8];
      static void wait(uint32_t micros) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < micros) {} }
      static void look(void) { uint8_t mode; read_registers(0x76, 0xf4, &mode, 1); read_registers(0x76, 0xf7, d, 8); put('0' + (mode & 3)); put(d[3] == 0x80 ? '-' : 't'); put(d[0] == 0x80 && d[1] == 0 ? '-' : 'p'); put(' '); }
      int main(void) {
        i2c_init();
        look();
        write_register(0x76, 0xf4, 1 << 5 | 1); look(); wait(5000); look();
        write_register(0x76, 0xf4, 1 << 5 | 1 << 2 | 3); wait(10000); look(); uint8_t t = d[4];
        wait(20000); read_registers(0x76, 0xf7, d, 8); put(d[4] != t ? 'n' : 's');
        done();
      }`));
    bench.pico.i2c(0).attach(0x76, sensor);
    bench.run(17e6);
    sensor.weather = { celsius: 30, hectopascal: 1000, humidityPercent: 1 };
    bench.run();
    assert.equal(bench.trace, '0-- 1-- 0t- 3tp n');
  });
});
