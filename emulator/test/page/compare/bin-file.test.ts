import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { withoutBin } from '../../../page/src/compare/bin-file.js';
import { consoleOf, uf2 } from '../../support/files.js';
import { flashBytes } from '../../support/program.js';
import { bkpt, nop, print } from '../../support/thumb.js';

const program = flashBytes([print('runs\n'), Array<number>(300).fill(nop), bkpt]);

describe('a BIN file', () => {
  it('runs as what is in the flash', () => {
    assert.ok(program.length > 512 && program.length % 256 !== 0);
    for (const name of ['firmware.bin', 'FIRMWARE.BIN']) assert.deepEqual(consoleOf(withoutBin(name, program)), ['runs']);
    assert.deepEqual(withoutBin('firmware.bin', program), uf2(program));
  });

  it('is known by its name: all others are left as they are', () => {
    for (const name of ['firmware.uf2', 'bin', 'a.bin.elf']) assert.equal(withoutBin(name, program), program);
    assert.equal(withoutBin('empty.bin', new Uint8Array()).length, 0);
  });
});
