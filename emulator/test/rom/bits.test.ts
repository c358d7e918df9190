import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';
import { ROM } from '../support/rom.js';

describe('the bit functions of the boot ROM', () => {
  it('count and reverse', () => {
    const bench = boot(`${ROM}
      int main(void) {
        static const uint32_t values[] = {0, 1, 0x80000000, 0xffffffff, 0x00012340};
        for (unsigned i = 0; i < 5; i++) {
          hex(rom_func("P3")(values[i], 0, 0, 0)); hex(rom_func("L3")(values[i], 0, 0, 0));
          hex(rom_func("T3")(values[i], 0, 0, 0)); hex(rom_func("R3")(values[i], 0, 0, 0)); put('\\n');
        }
        done();
      }`).run();
    assert.deepEqual(bench.trace.trim().split('\n'), [
      '00000000000000200000002000000000', '000000010000001f0000000080000000', '00000001000000000000001f00000001', '000000200000000000000000ffffffff', '000000050000000f0000000602c48000',
    ]);
  });

  it('leave the other registers alone', () => {
    const bench = boot(`${ROM}
      int main(void) {
        register uint32_t r0 __asm__("r0") = 5, r1 __asm__("r1") = 1, r2 __asm__("r2") = 2, r3 __asm__("r3") = (uint32_t)rom_func("P3");
        register uint32_t r12 __asm__("r12") = 12;
        r0 = 5, r1 = 1; r2 = 2; r12 = 12;
        __asm__ volatile("blx r3" : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3), "+r"(r12) :: "lr");
        uint32_t all[] = {r0, r1, r2, r12};
        for (int i = 0; i < 4; i++) hex(all[i]);
        done();
      }`).run();
    assert.equal(bench.trace, '0000000200000001000000020000000c');
  });
});
