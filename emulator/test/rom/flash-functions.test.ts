import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compileForRam } from '../support/compile.js';
import { Bench } from '../support/program.js';
import { ROM } from '../support/rom.js';

const FLASH = `${ROM}
static void call(const char *letters, uint32_t a, uint32_t b, uint32_t c, uint32_t d) { rom_func(letters)(a, b, c, d); }
static void begin(void) { call("IF", 0, 0, 0, 0); call("EX", 0, 0, 0, 0); }
static void end(void) { call("FC", 0, 0, 0, 0); call("CX", 0, 0, 0, 0); }
static uint8_t page[512];
static void program(uint32_t offset) { for (int i = 0; i < 512; i++) page[i] = i + 1; begin(); call("RP", offset, (uint32_t)page, 512, 0); end(); }
`;
const run = (source: string, untilNanos = 20e9): Bench => new Bench(compileForRam(FLASH + source)).run(untilNanos);

describe('the flash functions of the boot ROM', () => {
  it('program pages, which can then be read', () => {
    const bench = run('int main(void) { program(0x10000); hex(REG(0x10010000)); hex(REG(0x100101fc)); hex(REG(0x10010200)); done(); }');
    assert.equal(bench.trace, '0403020100fffefdffffffff');
  });

  it('erase sectors, and blocks where they fit', () => {
    const bench = run(`
      int main(void) {
        program(0xf000); program(0x10000); program(0x1f000); program(0x20000); program(0x21000);
        begin();
        uint32_t start = REG(0x40054028);
        call("RE", 0xf000, 0x12000, 0x10000, 0xd8);
        uint32_t took = REG(0x40054028) - start;
        end();
        for (int i = 0; i < 5; i++) { static const uint32_t at[] = {0xf000, 0x10000, 0x1f000, 0x20000, 0x21000}; hex(REG(0x10000000 + at[i])); }
        hex(took / 1000); done();
      }`);
    assert.equal(bench.trace, 'ffffffff'.repeat(4) + '04030201' + '000000f0'); // a sector, a block, a sector: 45 + 150 + 45 ms
  });

  it('let interrupts in', () => {
    const bench = run(`
      static volatile uint32_t ticks;
      void irq0(void) { REG(0x40054034) = 1; ticks++; REG(0x40054010) = REG(0x40054028) + 1000; }
      int main(void) {
        REG(0xe000e100) = 1; REG(0x40054038) = 1; REG(0x40054010) = REG(0x40054028) + 1000;
        begin(); call("RE", 0, 0x1000, 0, 0); end();
        hex(ticks); done();
      }`);
    assert.equal(bench.trace, '0000002d');
  });

  it('do not reach the chip without the functions before them', () => {
    const bench = run('int main(void) { program(0); call("RE", 0, 0x1000, 0, 0); print("went on"); done(); }', 100e6);
    assert.equal(bench.ending, 'time'); // it waits for the chip
    assert.equal(bench.pico.inspect.word(0x10000000), 0x04030201);
  });

  it('keep what a file of the flash is to keep', () => {
    const bench = run('int main(void) { program(0x1ff000); done(); }');
    assert.deepEqual([...(bench.pico.inspect.bytes(0x101ff000, 3) ?? [])], [1, 2, 3]);
  });
});
