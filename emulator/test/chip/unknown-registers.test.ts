import assert from 'node:assert/strict';
import { describe, it, vi } from 'vitest';
import { runHeadless } from '../../src/board/headless.js';
import { Pico } from '../../src/board/pico.js';
import { boot, compile } from '../support/compile.js';

describe('a register that is not emulated', () => {
  const image = compile(`
    __attribute__((noinline)) static void clock_init(void) { if (REG(0x40060038) == 0xffffffff) put('y'); }
    int main(void) { for (int i = 0; i < 3; i++) clock_init(); REG(0x40064014) = 1; REG(0x40068000) = 1; REG(0x40054000 + 0xff0) = 2; done(); }
  `);

  it('is told once, with its peripheral and the function', () => {
    const report = runHeadless({ image });
    assert.deepEqual(report.console.map(({ text }) => text), ['yyy']);
    const [first = '', second = '', third = '', fourth = ''] = report.unknown_registers;
    assert.match(first, /^read from ROSC\+0x38 \(0x40060038\), which is not emulated, in clock_init(\+0x\w+)? at PC 0x1000\w{4}$/);
    assert.match(second, /^wrote to VREG_AND_CHIP_RESET\+0x14 \(0x40064014\), which is not emulated, in main\+/);
    assert.match(third, /^wrote to 0x40068000, which is not emulated, in main\+/);
    assert.match(fourth, /^wrote to TIMER\+0xff0 /);
    assert.equal(report.unknown_registers.length, 4);
  });

  it('is an event, at the time of the access', () => {
    const seen: number[] = [];
    const pico = new Pico(image, { onUnknownRegister: ({ address }) => seen.push(address) });
    pico.run(1e9);
    assert.deepEqual(seen, [0x40060038, 0x40064014, 0x40068000, 0x40054ff0]);
    const times = pico.unknownRegisters.map(({ nanos }) => nanos);
    assert.deepEqual(times, [...times].sort((a, b) => a - b));
  });

  it('is none of those that are', () => {
    const bench = boot('int main(void) { REG(0x40014004) = 5; REG(0x4000c000); REG(0x40054028); REG(0xe000e100); REG(0xd0000100); put(1); done(); }').run();
    assert.deepEqual(bench.pico.unknownRegisters, []);
  });
});

describe('the single-cycle IO', () => {
  it('is silent about registers that cannot be read or written', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const bench = boot('int main(void) { REG(0xd0000000) = 7; REG(0xd0000004) = 1; REG(0xd0000078) = 1; hex(REG(0xd000000c)); hex(REG(0xd00000bc)); hex(REG(0xd0000000)); done(); }').run();
    assert.equal(bench.trace, '000000000000000000000000');
    assert.equal(warn.mock.calls.length, 0);
    warn.mockRestore();
  });
});
