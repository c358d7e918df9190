import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compileForRam } from '../support/compile.js';
import { Bench } from '../support/program.js';

const run = (main: string): string => new Bench(compileForRam(`#define CTRL REG(0x4001800c)\nint main(void) { ${main} done(); }`)).run().trace;

describe('the pins of the flash', () => {
  it('show that nobody presses BOOTSEL, which the select line would tell', () => {
    assert.equal(run('CTRL = 2 << 12; hex(REG(0xd0000008) >> 1 & 1);'), '00000001');
  });

  it('keep their settings, also by the aliases that set and clear bits', () => {
    assert.equal(run('CTRL = 3 << 8; hex(CTRL); REG(0x4001b00c) = 1 << 8; hex(CTRL); REG(0x4001a00c) = 1 << 12; hex(CTRL); REG(0x40018038) = 5; hex(REG(0x40018038));'), '00000300' + '00000200' + '00001200' + '00000005');
  });

  it('interrupt a core where a program forces that', () => {
    const force = (offset: string): string =>
      new Bench(compileForRam(`void irq14(void) { REG(${offset}) = 0; print("forced"); }
        int main(void) { REG(0xe000e100) = 1 << 14; REG(${offset}) = 1; hex(REG(${offset} + 4)); done(); }`)).run().trace;
    assert.equal(force('0x40018038'), 'forced00000000');
    assert.equal(force('0x40018044'), '00000001'); // core 1's
  });

  it('show the level at which a program holds the select line', () => {
    assert.equal(run('hex(REG(0x40018008) >> 17 & 1); CTRL = 2 << 8; hex(REG(0x40018008) >> 17 & 1);'), '0000000100000000');
  });
});
