import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { runHeadless } from '../../src/board/headless.js';
import { Pico } from '../../src/board/pico.js';
import { crc32, findVectorTable } from '../../src/chip/boot.js';
import { ImageError } from '../../src/firmware/image.js';
import { parseImage } from '../../src/firmware/load.js';
import { readableName } from '../../src/firmware/symbols.js';
import { elf, uf2, withSecondStage } from '../support/files.js';
import { FLASH, flashBytes, MAIN } from '../support/program.js';
import { bkpt, print, udf } from '../support/thumb.js';

const firmware = flashBytes([print('hello\n'), bkpt]);
const texts = (file: Uint8Array): string[] => runHeadless({ image: parseImage(file) }).console.map(({ text }) => text);
const rejects = (file: Uint8Array, message: RegExp): void => assert.throws(() => parseImage(file), (error) => error instanceof ImageError && message.test(error.message));

describe('an ELF file', () => {
  it('is loaded by its physical addresses and runs', () => {
    assert.deepEqual(texts(elf(firmware)), ['hello']);
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
    rejects(elf(firmware, { address: 0x20000000 }), /nothing at the start of flash/);
    rejects(elf(new Uint8Array()), /loads nothing/);
  });

  it('is rejected where it is cut off, wherever that is', () => {
    const file = elf(firmware, { functions: { main: [MAIN, 2] } });
    const unread = 16; // the last fields of the last section header
    for (let length = 4; length < file.length - unread; length += 7) rejects(file.subarray(0, length), /truncated/);
  });
});

describe('a UF2 file', () => {
  it('runs', () => {
    assert.deepEqual(texts(uf2(firmware)), ['hello']);
  });

  it('may hold blocks for other chips and other purposes', () => {
    const other = uf2(firmware.subarray(0, 256), 0xe48bff59);
    const info = uf2(firmware.subarray(0, 256), undefined, 0x2001);
    assert.deepEqual(texts(Uint8Array.of(...other, ...uf2(firmware), ...info)), ['hello']);
  });

  it('is rejected where it is damaged, incomplete or for another chip', () => {
    const file = uf2(new Uint8Array(1024));
    rejects(file.subarray(0, 700), /truncated UF2/);
    rejects(file.subarray(0, 1024), /truncated UF2 file: 2 of 4 blocks/);
    rejects(uf2(firmware, 0xe48bff59), /not for the RP2040 \(its family id is 0xe48bff59\)/);
    const damaged = file.slice();
    damaged[1023] = 0;
    rejects(damaged, /damaged UF2 file: block 1/);
  });
});

describe('any other file', () => {
  it('is rejected', () => {
    rejects(new Uint8Array(), /empty/);
    rejects(new TextEncoder().encode('int main() {}'), /neither an ELF nor a UF2/);
    assert.throws(() => new Pico(parseImage(uf2(new Uint8Array(256)))), /no vector table at 0x10000000/);
  });
});

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

describe('names', () => {
  it('of plain C++ functions become readable', () => {
    assert.equal(readableName('_ZN6uasync3runEv'), 'uasync::run');
    assert.equal(readableName('_ZNK6uasync4Task4doneEv'), 'uasync::Task::done');
    assert.equal(readableName('_Z10async_mainv'), 'async_main');
    assert.equal(readableName('_Z5blinkPN6uasync5FrameE.actor'), 'blink.actor');
    assert.equal(readableName('_ZN12_GLOBAL__N_13runEv'), '(anonymous)::run');
  });

  it('of other functions stay', () => {
    assert.equal(readableName('main'), 'main');
    assert.equal(readableName('memcpy.constprop.0'), 'memcpy.constprop.0');
    assert.equal(readableName('_ZNSt6vectorIiSaIiEE4pushEv'), '_ZNSt6vectorIiSaIiEE4pushEv');
    assert.equal(readableName('_ZN3app3BoxIiE3getEv'), '_ZN3app3BoxIiE3getEv');
  });
});
