import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type GivenFile, readFiles } from '../../page/src/files.js';

const file = (name: string, content: string, size = content.length): GivenFile => ({
  name,
  size,
  text: () => Promise.resolve(content),
  arrayBuffer: () => Promise.resolve(new TextEncoder().encode(content).buffer as ArrayBuffer),
});

const image = file('a.elf', 'ELF');
const board = file('board.json', '{ "parts": [] }');
const broken = file('bad.JSON', '{ "parts": [');

describe('files that are given together', () => {
  it('are a firmware and its board, in whatever order', async () => {
    for (const files of [[image, board], [board, image]]) {
      const given = await readFiles(files);
      assert.deepEqual([given.image?.name, given.image?.bytes.length, given.board?.name, given.problems], ['a.elf', 3, 'board.json', []]);
    }
  });

  it('do not hide what is wrong with one of them', async () => {
    for (const files of [[image, broken], [broken, image]]) {
      const given = await readFiles(files);
      assert.deepEqual([given.image?.name, given.board], ['a.elf', undefined]);
      assert.equal(given.problems.length, 1);
      assert.match(given.problems[0] ?? '', /^bad\.JSON: not JSON/);
    }
  });

  it('are taken as far as there is use for them', async () => {
    const given = await readFiles([image, file('b.uf2', ''), file('large.elf', '', 30e6), board, file('other.json', '{}')]);
    assert.deepEqual([given.image?.name, given.board?.name], ['a.elf', 'board.json']);
    assert.deepEqual(given.problems, [
      'b.uf2 is not used, but a.elf: give one firmware at a time.',
      'large.elf is not used, but a.elf: give one firmware at a time.',
      'other.json is not used, but board.json: give one board at a time.',
    ]);
    assert.deepEqual((await readFiles([file('large.elf', '', 30e6)])).problems, ['large.elf has 30 MB: that is no firmware for a Pico.']);
  });

  it('may be a program that was shared, which has a board of its own', async () => {
    const shared = file('a.uasync.json', '{ "uasync": 1, "program": "01_blink", "sources": {} }');
    const alone = await readFiles([shared]);
    assert.deepEqual([alone.shared?.program, alone.board, alone.image, alone.problems], ['01_blink', undefined, undefined, []]);
    const after = await readFiles([shared, board, image]);
    assert.deepEqual([after.shared?.program, after.board, after.image], ['01_blink', undefined, undefined]);
    assert.deepEqual(after.problems, ['board.json is not used, but a.uasync.json: give one board at a time.', 'a.elf is not used, but a.uasync.json: give one firmware at a time.']);
    for (const [first, kind] of [[image, 'firmware'], [board, 'board']] as const) {
      const before = await readFiles([first, shared]);
      assert.deepEqual([before.shared, before.problems], [undefined, [`a.uasync.json is not used, but ${first.name}: give one ${kind} at a time.`]]);
    }
  });
});
