import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { consoleOf, rejects, uf2 } from '../support/files.js';
import { flashBytes } from '../support/program.js';
import { bkpt, print } from '../support/thumb.js';

const firmware = flashBytes([print('hello\n'), bkpt]);

describe('a UF2 file', () => {
  it('runs', () => {
    assert.deepEqual(consoleOf(uf2(firmware)), ['hello']);
  });

  it('may hold blocks for other chips and other purposes', () => {
    const other = uf2(firmware.subarray(0, 256), 0xe48bff59);
    const info = uf2(firmware.subarray(0, 256), undefined, 0x2001);
    assert.deepEqual(consoleOf(Uint8Array.of(...other, ...uf2(firmware), ...info)), ['hello']);
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
