import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { runHeadless } from '../../src/board/headless.js';
import { crc32, findVectorTable } from '../../src/chip/boot.js';
import { parseImage } from '../../src/firmware/load.js';
import { elf, withSecondStage } from '../support/files.js';
import { FLASH, flashBytes } from '../support/program.js';
import { bkpt, print } from '../support/thumb.js';

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
