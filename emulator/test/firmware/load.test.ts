import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Pico } from '../../src/board/pico.js';
import { parseImage } from '../../src/firmware/load.js';
import { rejects, uf2 } from '../support/files.js';

describe('any other file', () => {
  it('is rejected', () => {
    rejects(new Uint8Array(), /empty/);
    rejects(new TextEncoder().encode('int main() {}'), /neither an ELF nor a UF2/);
    assert.throws(() => new Pico(parseImage(uf2(new Uint8Array(256)))), /no vector table at 0x10000000/);
  });
});
