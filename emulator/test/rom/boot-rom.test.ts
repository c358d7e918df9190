import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Pico } from '../../src/board/pico.js';
import { BootRom, type RomVersion } from '../../src/rom/boot-rom.js';
import { boot, compile } from '../support/compile.js';
import { Bench } from '../support/program.js';
import { ROM } from '../support/rom.js';
import { bkpt, store } from '../support/thumb.js';

const run = (source: string): Bench => boot(ROM + source).run();

describe('the boot ROM', () => {
  it('says what it is', () => {
    assert.equal(run('int main(void) { hex(REG(0x10)); print((const char *)rom_data("CR")); done(); }').trace, '0301754dA boot ROM for an emulator, written anew; MIT licence');
  });

  it('has the version that is wanted', () => {
    const version = (romVersion?: RomVersion): number | undefined => {
      const pico = new Pico(compile('int main(void) { REG(0x20000000) = *(volatile uint8_t *)0x13; done(); }'), {}, { romVersion });
      pico.run(1e6);
      return pico.inspect.word(0x20000000);
    };
    assert.deepEqual([version(), version(1), version(2), version(3)], [3, 1, 2, 3]);
  });

  it('finds its functions and data by their letters, and nothing by others', () => {
    const letters = ['P3', 'L3', 'T3', 'R3', 'MS', 'MC', 'S4', 'C4', 'UB', 'WV', 'DT', 'DE'];
    const bench = run(`
      int main(void) {
        static const char *const letters[] = {${letters.map((pair) => `"${pair}"`).join(', ')}};
        for (unsigned i = 0; i < ${letters.length}; i++) if (!rom_func(letters[i])) print(letters[i]);
        hex((uint32_t)rom_func("XX")); hex((uint32_t)rom_func("CR")); hex((uint32_t)rom_data("P3")); hex((uint32_t)rom_data("GR") != 0);
        done();
      }`);
    assert.equal(bench.trace, '00000000' + '00000000' + '00000000' + '00000001');
  });

  it('takes time', () => {
    const bench = run(`
      int main(void) {
        rom_fn count = rom_func("P3");
        uint32_t start = REG(0x40054028);
        for (int i = 0; i < 1000; i++) count(i, 0, 0, 0);
        hex(REG(0x40054028) - start > 160); done();
      }`);
    assert.equal(bench.trace, '00000001');
  });

  it('calls a function for a debugger, and stops behind it', () => {
    const bench = run(`
      static void hello(void) { print("hello"); }
      int main(void) {
        register void (*function)(void) __asm__("r7") = hello;
        __asm__ volatile("bx %1" :: "r"(function), "r"(rom_func("DT")));
      }`);
    assert.equal(bench.trace, 'hello');
    assert.equal(bench.ending, 'breakpoint');
    assert.equal(bench.pico.inspect.programCounter, 0x186);
  });

  it('ignores stores, and the run tells of them', () => {
    const bench = new Bench([store(0, 1), store(0x10, 1), bkpt]).run();
    assert.equal(bench.ending, 'breakpoint');
    assert.equal(bench.pico.unknownRegisters.length, 2);
    assert.match(bench.pico.unknownRegisters[0]?.text ?? '', /^stored to 0x00000000 in the boot ROM, which has no effect \(a null pointer\?\), at PC 0x100000/);
    assert.equal(run('int main(void) { REG(0x10) = 0; *(volatile uint8_t *)0x11 = 0; *(volatile uint16_t *)0x12 = 0; hex(REG(0x10)); done(); }').trace, '0301754d');
  });

  it('has nothing where no function begins', () => {
    assert.equal(new BootRom(3, { flash: {} }).functionAt(0x100), undefined);
    const bench = run('int main(void) { ((void (*)(void))0x29ef)(); }');
    assert.equal(bench.ending, 'boot rom');
    assert.match(bench.pico.ending?.text ?? '', /^jumped to 0x000029ee, in the boot ROM, where none of its functions begins; LR 0x100/);
  });

  it('lets core 1 wait for its next start', () => {
    const bench = run(`
      #define FIFO_ST REG(0xd0000050)
      static void push(uint32_t word) { while (!(FIFO_ST & 2)) {} REG(0xd0000054) = word; __asm__ volatile("sev"); }
      static uint32_t pop(void) { while (!(FIFO_ST & 1)) __asm__ volatile("wfe"); return REG(0xd0000058); }
      static void second(void) { push(7); rom_func("WV")(0, 0, 0, 0); }
      static void launch(void) {
        const uint32_t words[] = {0, 0, 1, (uint32_t)vectors, 0x20042000, (uint32_t)second};
        for (unsigned index = 0; index < 6;) {
          if (words[index] == 0) { while (FIFO_ST & 1) (void)REG(0xd0000058); __asm__ volatile("sev"); }
          push(words[index]);
          index = pop() == words[index] ? index + 1 : 0;
        }
      }
      int main(void) { for (int i = 0; i < 3; i++) { launch(); hex(pop()); hex(pop()); } done(); }`);
    assert.equal(bench.trace, '0000000700000000'.repeat(3));
  });
});

describe('a fault in a function of the boot ROM', () => {
  it('is told with its name and its caller', () => {
    const bench = boot(`${ROM} int main(void) { rom_func("MS")(0x30000000, 0, 4, 0); }`).run();
    assert.match(bench.pico.ending?.text ?? '', /store to 0x30000000, where there is no memory, at PC 0x00000[0-9a-f]{3}, LR 0x1000.*main.*, in the boot ROM's function MS/);
  });
});
