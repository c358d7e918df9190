import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { boot } from '../support/compile.js';

const XIP = `
#define XIP(offset) REG(0x14000000 + offset)
static const uint32_t data[] = {11, 22, 33, 44, 55};
static void start(int words) { XIP(0x14) = (uint32_t)data; XIP(0x18) = words; }
`;

describe('the stream of the flash', () => {
  it('reads word after word, two ahead', () => {
    const bench = boot(`${XIP}
      int main(void) {
        hex(XIP(8)); start(5);
        while (!(XIP(8) & 4)) {}
        for (int i = 0; i < 1000; i++) __asm__ volatile("nop");
        hex(XIP(0x18)); hex(XIP(0x14) - (uint32_t)data);
        for (int i = 0; i < 5; i++) { while (XIP(8) & 2) {} hex(i & 1 ? XIP(0x1c) : REG(0x50400000)); }
        hex(XIP(8)); hex(XIP(0x18)); done();
      }`).run();
    assert.equal(bench.trace, ['00000003', '00000003', '00000008', '0000000b', '00000016', '00000021', '0000002c', '00000037', '00000003', '00000000'].join(''));
  });

  it('ends where a program says so', () => {
    const bench = boot(`${XIP} int main(void) { start(5); XIP(0x18) = 0; for (int i = 0; i < 1000; i++) __asm__ volatile("nop"); hex(XIP(8)); done(); }`).run();
    assert.equal(bench.trace, '00000003');
  });

  it('paces DMA', () => {
    const bench = boot(`${XIP}
      static uint32_t buffer[5];
      int main(void) {
        start(5);
        REG(0x50000000) = 0x50400000; REG(0x50000004) = (uint32_t)buffer; REG(0x50000008) = 5;
        REG(0x5000000c) = 37 << 15 | 1 << 5 | 2 << 2 | 1;
        while (REG(0x5000000c) & 1 << 24) {}
        for (int i = 0; i < 5; i++) hex(buffer[i]);
        done();
      }`).run();
    assert.equal(bench.trace, ['0000000b', '00000016', '00000021', '0000002c', '00000037'].join(''));
  });
});
