import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bme280 } from '../../src/devices/bme280.js';
import type { SpiDevice } from '../../src/devices/device.js';
import { Ssd1306 } from '../../src/devices/ssd1306.js';
import { boot } from '../support/compile.js';

describe('an SPI bus', () => {
  const SPI = `
    #define SPI 0x4003c000
    static void spi_init(void) { REG(SPI + 0x10) = 2; REG(SPI) = 7 << 0 | 9 << 8; REG(SPI + 4) = 2; for (int pin = 2; pin < 4; pin++) REG(0x40014004 + 8 * pin) = 5; REG(0xd0000014) = 0xc; REG(0xd0000024) = 0xc; }
    static uint8_t transfer(uint8_t byte) { REG(SPI + 8) = byte; while (REG(SPI + 12) & 16) {} return REG(SPI + 8); }
    static void cs(int level) { REG(level ? 0xd0000014 : 0xd0000018) = 4; }
    static void dc(int level) { REG(level ? 0xd0000014 : 0xd0000018) = 8; }
  `;

  it('speaks to the device whose chip select is low, at the speed that is set', () => {
    const notes: string[] = [];
    const device: SpiDevice = {
      select: () => notes.push('select'),
      deselect: () => notes.push('deselect'),
      transfer(byte, isData) {
        notes.push(`${isData ? 'data' : 'command'} ${byte}`);
        return byte + 0x10;
      },
    };
    const bench = boot(`${SPI} int main(void) { spi_init(); hex(transfer(1)); cs(0); dc(0); hex(transfer(2)); dc(1); hex(transfer(3)); cs(1); done(); }`);
    bench.pico.spi(0).attach(device, { cs: 2, dc: 3 });
    bench.run();
    assert.equal(bench.trace, '000000000000001200000013');
    assert.deepEqual(notes.slice(-4), ['select', 'command 2', 'data 3', 'deselect']);
  });

  it('does not speak to a device that is held in reset', () => {
    const notes: string[] = [];
    const device: SpiDevice = {
      setReset: (isHeld) => notes.push(isHeld ? 'held' : 'released'),
      transfer(byte) {
        notes.push(`byte ${byte}`);
        return 7;
      },
    };
    const bench = boot(`${SPI} int main(void) { spi_init(); hex(transfer(1)); dc(0); hex(transfer(2)); dc(1); hex(transfer(3)); done(); }`);
    bench.pico.spi(0).attach(device, { reset: 3 });
    bench.run();
    assert.equal(bench.trace, '000000070000000000000007');
    assert.deepEqual(notes, ['released', 'byte 1', 'held', 'released', 'byte 3']);
  });

  it('takes eight bits of its clock for a byte', () => {
    const bench = boot(`${SPI} int main(void) { spi_init(); cs(0); transfer(1); transfer(1); cs(1); done(); }`);
    const [, low = 0, high = 0] = bench.run().edgesOf(2);
    const bits = 16 * 20 * 8; // 125 MHz / 2 / 10
    assert.ok(high - low >= bits && high - low < bits + 500, `${high - low} ns`);
  });

  it('carries a display and a sensor', () => {
    const display = new Ssd1306();
    const sensor = new Bme280();
    const bench = boot(`${SPI} int main(void) {
      REG(0x40014004 + 8 * 4) = 5; REG(0xd0000014) = 16; REG(0xd0000024) = 16;
      spi_init(); dc(0); cs(0); transfer(0x8d); transfer(0x14); transfer(0xaf); transfer(0xa1); transfer(0xc8); dc(1); transfer(0x01); cs(1); dc(0);
      REG(0xd0000018) = 16; transfer(0xd0); hex(transfer(0)); REG(0xd0000014) = 16;
      REG(0xd0000018) = 16; transfer(0x75); transfer(0xa0); transfer(0x72); transfer(5); REG(0xd0000014) = 16;
      REG(0xd0000018) = 16; transfer(0xf2); hex(transfer(0)); transfer(0); transfer(0); hex(transfer(0)); REG(0xd0000014) = 16; done(); }`);
    bench.pico.spi(0).attach(display, { cs: 2, dc: 3 });
    bench.pico.spi(0).attach(sensor, { cs: 4 });
    assert.equal(bench.run().trace, '00000060' + '00000005' + '000000a0');
    assert.equal(display.pixels[0], 255);
    assert.equal(display.pixels.filter(Boolean).length, 1);
  });
});
