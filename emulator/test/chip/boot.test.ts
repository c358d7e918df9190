import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { runHeadless } from '../../src/board/headless.js';
import { crc32, findVectorTable } from '../../src/chip/boot.js';
import { parseImage } from '../../src/firmware/load.js';
import { compileElf, compileForRam } from '../support/compile.js';
import { elf, uf2, withSecondStage } from '../support/files.js';
import { Bench, FLASH, flashBytes } from '../support/program.js';
import { bkpt, flatten, print } from '../support/thumb.js';

const firmware = flashBytes([print('hello\n'), bkpt]);
const texts = (file: Uint8Array): string[] => runHeadless({ image: parseImage(file) }).console.map(({ text }) => text);

describe('the start', () => {
  it('knows the checksum of the boot ROM', () => {
    assert.equal(crc32(new TextEncoder().encode('123456789')), 0x0376e6e7); // the check value of CRC-32/MPEG-2
  });

  it('is after a second-stage boot loader, if there is one', () => {
    const bytes = withSecondStage([print('second\n'), bkpt]);
    assert.equal(findVectorTable(bytes), FLASH + 256);
    assert.deepEqual(texts(elf(bytes)), ['second']);
  });

  it('is at the start of flash where the checksum is wrong', () => {
    const bytes = withSecondStage(bkpt);
    bytes[252]! ^= 1;
    assert.equal(findVectorTable(bytes), FLASH);
    assert.equal(findVectorTable(firmware), FLASH);
  });
});

describe('an image that lies in RAM', () => {
  const code = new Uint8Array(Uint16Array.from(flatten([print('here\n'), bkpt])).buffer);

  it('begins at its vector table', () => {
    const bench = new Bench(compileForRam('int main(void) { uint32_t here; hex((uint32_t)&here >> 16); hex(REG(0xe000ed08)); done(); }')).run();
    assert.equal(bench.trace, '00002004' + '20000000');
  });

  it('begins at the entry of an ELF file, or at its lowest address', () => {
    assert.deepEqual(texts(elf(code, { address: 0x20001000 })), ['here']);
    assert.deepEqual(texts(uf2(code, undefined, undefined, 0x20001000)), ['here']);
    const file = elf(new Uint8Array([0, 0, 0, 0, ...code]), { address: 0x20001000 });
    new DataView(file.buffer).setUint32(24, 0x20001005, true);
    assert.deepEqual(texts(file), ['here']);
  });

  it('has the flash to itself, and is gone after a reset', () => {
    const bench = new Bench(compileForRam('int main(void) { for (;;) {} }')).run(1e6);
    bench.pico.reset();
    assert.deepEqual(bench.pico.ending, { kind: 'bootsel', text: 'was reset, and went to the USB boot loader (BOOTSEL), as there is no program in flash' });
  });
});

describe('a note for the boot ROM', () => {
  const reboot = (check: number): string => `
    __attribute__((noinline)) static void second(void) { uint32_t here; hex((uint32_t)&here >> 16); hex(REG(0x4005801c)); done(); }
    int main(void) {
      if (REG(0x4005800c)) { print("flash"); done(); }
      REG(0x4005800c) = 1;
      REG(0x4005801c) = 0xb007c0d3; REG(0x40058020) = (uint32_t)second ^ ${check}; REG(0x40058024) = 0x20010000; REG(0x40058028) = (uint32_t)second;
      REG(0x40058000) = 1u << 31;
      for (;;) {}
    }`;

  it('has a reset by the watchdog go elsewhere, once', () => {
    assert.deepEqual(texts(compileElf(reboot(0x4ff83f2d))), ['0000200000000000']);
  });

  it('has no effect where it is damaged', () => {
    assert.deepEqual(texts(compileElf(reboot(0x4ff83f2c))), ['flash']);
  });
});
