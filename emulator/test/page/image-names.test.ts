import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { namesIn, noteOnSource } from '../../page/src/image-names.js';
import type { DebugInfo } from '../../src/firmware/dwarf/debug-info.js';
import { parseImage } from '../../src/firmware/load.js';
import { elf, uf2 } from '../support/files.js';
import { flashBytes } from '../support/program.js';

const code = flashBytes([0xe7fe]);

describe('what an image knows by name', () => {
  it('depends on what it was made of', () => {
    const named = parseImage(elf(code, { functions: { main: [0x10000100, 2] } }));
    assert.equal(namesIn(named), 'functions');
    assert.equal(namesIn({ ...named, debug: {} as DebugInfo }), 'lines');
    assert.equal(namesIn(parseImage(elf(code))), 'none');
    assert.equal(namesIn(parseImage(uf2(code))), 'none');
  });

  it('is told truly', () => {
    assert.match(noteOnSource('a.uf2', 'none'), /^a\.uf2 holds no names: .* Open the ELF file of the same build/);
    assert.match(noteOnSource('a.elf', 'functions'), /no lines: it was built without -g/);
    assert.match(noteOnSource('a.elf', 'lines'), /^The source of a\.elf is not here: the image holds the names and lines/);
  });
});
