import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bme280 } from '../../src/devices/bme280.js';
import { boot, compile } from '../support/compile.js';
import { BME280_DRIVER } from '../support/fixtures.js';
import { I2C_DRIVER, runWithDevices } from '../support/i2c-driver.js';
import { Bench } from '../support/program.js';

describe('a BME280', () => {
  it('gives the weather that was set, by the formulas of the datasheet', () => {
    const program = compile(`${BME280_DRIVER} int main(void) { i2c_init(); read_calibration(); put(measure() > 2 ? '>' : 'x'); show_weather(); done(); }`);
    const cases: [number, number, number][] = [[21, 1013.25, 50], [-10.5, 950, 85], [39.99, 1080, 12.5], [0, 700, 99], [-40, 300, 0], [85, 1100, 100]];
    for (const [celsius, hectopascal, humidityPercent] of cases) {
      const sensor = new Bme280();
      sensor.weather = { celsius, hectopascal, humidityPercent };
      const bench = new Bench(program);
      bench.pico.i2c(0).attach(0x76, sensor);
      const { trace } = bench.run();
      const [, t, p, h] = /^>(-?\d+\.\d\d) C (\d+\.\d\d) hPa (\d+\.\d) %$/m.exec(trace)?.map(Number) ?? [];
      assert.ok(Math.abs((t ?? NaN) - celsius) <= 0.01 + 1e-9, `${trace}: ${celsius} degrees`);
      assert.ok(Math.abs((p ?? NaN) - hectopascal) <= 0.02, `${trace}: ${hectopascal} hPa`);
      assert.ok(Math.abs((h ?? NaN) - humidityPercent) <= 0.1, `${trace}: ${humidityPercent} %`);
    }
  });

  it('says what it is, and forgets its settings when it is reset', () => {
    const bench = runWithDevices(`
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
    const bench = boot(`${I2C_DRIVER} static uint8_t d[8];
      static void wait(uint32_t micros) { uint32_t from = REG(0x40054028); while (REG(0x40054028) - from < micros) {} }
      static void look(void) { uint8_t mode; read_registers(0x76, 0xf4, &mode, 1); read_registers(0x76, 0xf7, d, 8); put('0' + (mode & 3)); put(d[3] == 0x80 ? '-' : 't'); put(d[0] == 0x80 && d[1] == 0 ? '-' : 'p'); put(' '); }
      int main(void) {
        i2c_init();
        look();
        write_register(0x76, 0xf4, 1 << 5 | 1); look(); wait(5000); look();
        write_register(0x76, 0xf4, 1 << 5 | 1 << 2 | 3); wait(10000); look(); uint8_t t = d[4];
        wait(20000); read_registers(0x76, 0xf7, d, 8); put(d[4] != t ? 'n' : 's');
        done();
      }`);
    bench.pico.i2c(0).attach(0x76, sensor);
    bench.run(17e6);
    sensor.weather = { celsius: 30, hectopascal: 1000, humidityPercent: 1 };
    bench.run();
    assert.equal(bench.trace, '0-- 1-- 0t- 3tp n');
  });
});
