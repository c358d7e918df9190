import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import { ROM } from '../support/rom.js';

describe('the memory functions of the boot ROM', () => {
  it('copy and fill at any alignment and length, and nothing beside it', () => {
    const bench = boot(`${ROM}
      static uint8_t from[160], to[160];
      static int same(int at, int off, int size, int value) {
        for (int i = 0; i < 160; i++) {
          int inside = i >= at && i < at + size;
          if (to[i] != (inside ? value < 0 ? from[i - at + off] : value : 0xee)) return 0;
        }
        return 1;
      }
      static void clear(void) { for (int i = 0; i < 160; i++) to[i] = 0xee; }
      int main(void) {
        rom_fn copy = rom_func("MC"), fill = rom_func("MS");
        for (int i = 0; i < 160; i++) from[i] = 7 * i + 1;
        int wrong = 0;
        for (int at = 0; at < 5; at++) for (int off = 0; off < 5; off++) for (int size = 0; size < 100; size += at + off == 0 ? 1 : 31) {
          clear();
          wrong += copy((uint32_t)to + at, (uint32_t)from + off, size, 0) != (uint32_t)to + at || !same(at, off, size, -1);
          clear();
          wrong += fill((uint32_t)to + at, 0x55, size, 0) != (uint32_t)to + at || !same(at, 0, size, 0x55);
        }
        hex(wrong);
        clear(); rom_func("C4")((uint32_t)to + 4, (uint32_t)from + 8, 64, 0); hex(same(4, 8, 64, -1));
        clear(); rom_func("S4")((uint32_t)to + 4, 0x1234, 64, 0); hex(same(4, 0, 64, 0x34));
        done();
      }`).run();
    assert.equal(bench.trace, '000000000000000100000001');
  });

  it('let an interrupt in, whose handler may copy itself', () => {
    const bench = boot(`${ROM}
      static uint32_t big[4000], small[4]; static volatile uint32_t interrupts, inside;
      static rom_fn copy;
      void irq0(void) {
        REG(0x40054034) = 1; REG(0x40054010) = REG(0x40054028) + 3;
        uint32_t value[4] = {interrupts, 2, 3, 4};
        copy((uint32_t)small, (uint32_t)value, 16, 0);
        interrupts++; inside += big[3999] == 0;
      }
      int main(void) {
        copy = rom_func("MC");
        REG(0xe000e100) = 1; REG(0x40054038) = 1; REG(0x40054010) = REG(0x40054028) + 3;
        copy((uint32_t)big, 0x10000000, 16000, 0);
        REG(0xe000e180) = 1;
        int wrong = 0;
        for (int i = 0; i < 4000; i++) wrong += big[i] != REG(0x10000000 + 4 * i);
        hex(wrong); hex(inside > 20); hex(small[0] + 1 == interrupts);
        done();
      }`).run();
    assert.equal(bench.trace, '000000000000000100000001');
  });

  it('fault where words are not aligned', () => {
    const bench = boot(`${ROM} int main(void) { rom_func("S4")(0x20000102, 0, 8, 0); }`).run();
    assert.match(bench.pico.ending?.text ?? '', /unaligned store to 0x20000102 \(4 bytes\).*in the boot ROM's function S4/);
  });
});
