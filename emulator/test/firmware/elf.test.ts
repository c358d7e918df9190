import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { runHeadless } from '../../src/board/headless.js';
import { parseImage } from '../../src/firmware/load.js';
import { consoleOf, elf, rejects } from '../support/files.js';
import { flashBytes, MAIN } from '../support/program.js';
import { bkpt, print, udf } from '../support/thumb.js';

const firmware = flashBytes([print('hello\n'), bkpt]);

describe('an ELF file', () => {
  it('is loaded by its physical addresses and runs', () => {
    assert.deepEqual(consoleOf(elf(firmware)), ['hello']);
  });

  it('names the functions of a crash', () => {
    const file = elf(flashBytes(udf), { functions: { _ZN3app4failEv: [MAIN, 2] } });
    assert.match(runHeadless({ image: parseImage(file) }).exit, /undefined instruction 0xde00, at PC 0x100000c0 \(app::fail\)/);
  });

  it('is rejected where it is not one for the RP2040', () => {
    rejects(elf(firmware, { machine: 62, elfClass: 2 }), /not for a 32-bit ARM/);
    rejects(elf(firmware, { machine: 243 }), /not for a 32-bit ARM/);
    rejects(elf(firmware, { type: 1 }), /not an executable/);
    rejects(elf(firmware, { address: 0x08000000 }), /0x8000000, where the RP2040 has no memory/);
    rejects(elf(firmware, { address: 0x10000100 }), /nothing at the start of flash/);
    rejects(elf(new Uint8Array()), /loads nothing/);
  });

  it('may have names that are each other', () => {
    const functions = Object.fromEntries(Array.from({ length: 30_000 }, (_, index) => [`f${index}`, [MAIN, 2] as [number, number]]));
    const symbolNames = new Uint8Array(1_000_000).fill(97);
    for (let index = 8000; index < symbolNames.length; index += 8000) symbolNames[index] = 0;
    const before = process.memoryUsage().rss;
    const image = parseImage(elf(firmware, { functions, symbolNames }));
    assert.equal(image.symbols.all.length, 30_000);
    assert.ok(process.memoryUsage().rss - before < 200e6);
  });

  it('is rejected where it loads more than there is memory', () => {
    rejects(elf(new Uint8Array(2_000_000), { times: 20 }), /loads 40000000 bytes, more than the RP2040 has memory/);
  });

  it('is rejected where it is cut off, wherever that is', () => {
    const file = elf(firmware, { functions: { main: [MAIN, 2] } });
    const unread = 16; // the last fields of the last section header
    for (let length = 4; length < file.length - unread; length += 7) rejects(file.subarray(0, length), /truncated/);
  });
});
