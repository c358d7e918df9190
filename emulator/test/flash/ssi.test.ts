import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compile, compileForRam } from '../support/compile.js';
import { Bench } from '../support/program.js';

/** What a program in RAM needs to send commands to the flash chip, as the second stages of boot loaders do it. */
const SSI = `
#define SSI(offset) REG(0x18000000 + offset)
#define SELECT_CTRL REG(0x4001800c)
static void commands(void) { SSI(8) = 0; SSI(0) = 7 << 16; SSI(0x14) = 6; SSI(8) = 1; }
static void wait(void) { while (!(SSI(0x28) & 4) || (SSI(0x28) & 1)) {} }
static void send(const uint8_t *bytes, int count) { for (int i = 0; i < count; i++) SSI(0x60) = bytes[i]; wait(); }
static uint8_t last(int count) { uint8_t byte = 0; for (int i = 0; i < count; i++) byte = SSI(0x60); return byte; }
static uint8_t ask(uint8_t command) { SSI(0x60) = command; SSI(0x60) = 0; wait(); return last(2); }
static void allow(void) { SSI(0x60) = 6; wait(); last(1); }
static void reading(uint32_t ctrlr0, uint32_t spi_ctrlr0) { SSI(8) = 0; SSI(0) = ctrlr0; SSI(4) = 0; SSI(0xf4) = spi_ctrlr0; SSI(8) = 1; }
static void serial_reading(void) { reading(3 << 8 | 31 << 16, 3u << 24 | 2 << 8 | 6 << 2); }
static void quad_reading(void) {
  reading(2 << 21 | 3 << 8 | 31 << 16, 4 << 11 | 2 << 8 | 8 << 2 | 1);
  SSI(0x60) = 0xeb; SSI(0x60) = 0xa0; wait();
  reading(2 << 21 | 3 << 8 | 31 << 16, 0xa0u << 24 | 4 << 11 | 8 << 2 | 2);
}
`;
const run = (main: string): Bench => new Bench(compileForRam(`${SSI} int main(void) { ${main} done(); }`)).run(20e9);

describe('the serial controller of the flash', () => {
  it('sends bytes and takes the answers', () => {
    const bench = run('commands(); static const uint8_t id[] = {0x9f, 0, 0, 0}; send(id, 4); for (int i = 0; i < 4; i++) hex(SSI(0x60)); hex(ask(0x35));');
    assert.equal(bench.trace, '000000ff000000ef000000400000001500000002');
  });

  it('erases and programs, which takes its time', () => {
    const bench = run(`
      commands();
      uint32_t start = REG(0x40054028);
      static const uint8_t erase[] = {0x20, 0, 0x10, 0}, program[] = {0x02, 0, 0x10, 0, 1, 2, 3, 4};
      allow(); send(erase, 4); last(4); while (ask(5) & 1) {}
      uint32_t erased = REG(0x40054028);
      allow(); send(program, 8); last(8); while (ask(5) & 1) {}
      uint32_t end = REG(0x40054028);
      serial_reading();
      hex(REG(0x10001000)); hex(REG(0x10001004));
      hex(erased - start >= 45000 && erased - start < 45100); hex(end - erased >= 400 && end - erased < 450);`);
    assert.equal(bench.trace, '04030201ffffffff0000000100000001');
  });

  it('has 16 places for what comes in', () => {
    const bench = run('commands(); for (int i = 0; i < 17; i++) { SSI(0x60) = i ? 0 : 3; while (SSI(0x28) & 1) {} } hex(SSI(0x24)); hex(SSI(0x28)); last(16); hex(SSI(0x28));');
    assert.equal(bench.trace, '000000100000001e00000006');
  });

  it('takes the time of its bits', () => {
    const bench = run(`
      commands(); SSI(0x14) = 250; REG(0xe000e014) = 0xffffff; REG(0xe000e010) = 5;
      uint32_t start = REG(0xe000e018); SSI(0x60) = 0; while (SSI(0x28) & 1) {}
      hex((start - REG(0xe000e018)) / 100);`);
    assert.equal(bench.trace, '00000014');
  });

  it('leaves the chip selected as long as a program holds the line', () => {
    const id = 'for (int i = 0; i < 4; i++) { SSI(0x60) = i ? 0 : 0x9f; wait(); hex(SSI(0x60)); }';
    assert.equal(run(`commands(); ${id}`).trace, '000000ff000000ff000000ff000000ff');
    assert.equal(run(`commands(); SELECT_CTRL = 2 << 8; ${id} SELECT_CTRL = 3 << 8; SELECT_CTRL = 0;`).trace, '000000ff000000ef0000004000000015');
  });

  it('reads memory serially, and on four lines without a command', () => {
    const program = 'commands(); static const uint8_t program[] = {0x02, 0, 0, 4, 1, 2, 3, 4}; allow(); send(program, 8); last(8); while (ask(5) & 1) {}';
    const bench = run(`${program} serial_reading(); hex(REG(0x10000004)); quad_reading(); hex(REG(0x10000004)); hex(REG(0x13000004));`);
    assert.equal(bench.trace, '04030201'.repeat(3));
  });

  it('reads many words into its FIFO, and waits where that is full', () => {
    const bench = run(`
      commands(); static const uint8_t program[] = {0x02, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8}; allow(); send(program, 12); last(12); while (ask(5) & 1) {}
      quad_reading();
      SSI(8) = 0; SSI(4) = 19; SSI(8) = 1; SSI(0x60) = 0xa0;
      while (!(SSI(0x28) & 16)) {}
      for (int i = 0; i < 1000; i++) __asm__ volatile("nop");
      hex(SSI(0x60)); hex(SSI(0x60));
      for (int i = 0; i < 18; i++) { while (!(SSI(0x28) & 8)) {} if (i == 17) hex(SSI(0x60)); else (void)SSI(0x60); }
      hex(SSI(0x28));`);
    assert.equal(bench.trace, '0102030405060708ffffffff00000006');
  });
});

describe('the flash as memory', () => {
  const broken = (main: string): string => run(main).pico.ending?.text ?? '';

  it('cannot be read while the chip takes commands', () => {
    assert.match(broken('commands(); hex(REG(0x10000000));'), /load from 0x10000000 in flash, which takes commands now and cannot be read/);
    assert.match(broken('serial_reading(); SELECT_CTRL = 3 << 8; hex(REG(0x11000000));'), /load from 0x11000000 in flash, which/);
  });

  it('cannot be read while the chip is busy, and then can', () => {
    const erase = 'commands(); static const uint8_t erase[] = {0x20, 0, 0, 0}; allow(); send(erase, 4); last(4); serial_reading();';
    assert.match(broken(`${erase} hex(REG(0x10000000));`), /load from 0x10000000 in flash/);
    assert.equal(run(`${erase} uint32_t start = REG(0x40054028); while (REG(0x40054028) - start < 46000) {} hex(REG(0x10000000));`).trace, 'ffffffff');
  });

  it('cannot be read with a command that does not fit what the chip expects', () => {
    assert.match(broken('quad_reading(); serial_reading(); hex(REG(0x10000000));'), /load from 0x10000000 in flash/);
    assert.match(broken('reading(2 << 21 | 3 << 8 | 31 << 16, 0xa0u << 24 | 4 << 11 | 8 << 2 | 2); hex(REG(0x10000000));'), /load from 0x10000000 in flash/);
  });

  it('does not run on when a program in flash shuts it', () => {
    const bench = new Bench(compile(`${SSI} int main(void) { commands(); print("went on"); }`)).run();
    assert.equal(bench.trace, '');
    assert.equal(bench.ending, 'lockup');
    assert.match(bench.pico.ending?.text ?? '', /^lockup: jump to 0x100.* in flash, which takes commands now and cannot be read, at PC .*main/);
  });
});
