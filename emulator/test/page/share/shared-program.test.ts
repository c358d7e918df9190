import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { pack, unpack } from '../../../page/src/share/compressed.js';
import { fromFile, fromFragment, isSharedFile, ShareError, type SharedProgram, toFile, toFragment } from '../../../page/src/share/shared-program.js';

const PROGRAM: SharedProgram = {
  program: '04_interval',
  board: '{ "parts": [] }\n',
  sources: new Map([['04_interval.cpp', 'int main() { return "Grüße ✓"; }\n']]),
  image: Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) & 0xff),
};

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const linkOf = (json: unknown): Promise<string> => pack(encode(typeof json === 'string' ? json : JSON.stringify(json)));
const refusal = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
  } catch (error) {
    assert.ok(error instanceof ShareError, String(error));
    return error.message;
  }
  return 'it was read';
};

describe('bytes in an address', () => {
  it('come back, in letters that need no escapes', async () => {
    for (const length of [0, 1, 2, 3, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, index) => (index * index) & 0xff);
      const text = await pack(bytes);
      assert.match(text, /^[\w-]*$/);
      assert.deepEqual(await unpack(text, 100_000), bytes);
    }
  });

  it('do not become more than is allowed', async () => {
    const bomb = await pack(new Uint8Array(5e6));
    assert.ok(bomb.length < 10_000);
    await assert.rejects(unpack(bomb, 4_999_999), { message: 'it has more than 4,999,999 bytes' });
    assert.equal((await unpack(bomb, 5e6)).length, 5e6);
  });

  it('are refused if they are damaged', async () => {
    const text = await pack(encode('hello, hello, hello'));
    await assert.rejects(unpack(text.slice(0, -4), 100), { message: 'it is damaged, or not complete' });
    await assert.rejects(unpack(`${text.slice(0, 6)}${text.slice(7)}`, 100), { message: 'it is damaged, or not complete' });
    await assert.rejects(unpack(`${text}%20`, 100), { message: 'it has characters that do not belong there' });
  });
});

describe('a shared program', () => {
  it('comes out of a link as it went in, without its image', async () => {
    assert.deepEqual(await fromFragment(await toFragment(PROGRAM)), { ...PROGRAM, image: undefined });
    const bare = { program: '01_blink', board: undefined, sources: new Map(), image: undefined };
    assert.deepEqual(await fromFragment(await toFragment(bare)), bare);
  });

  it('comes out of a file as it went in', async () => {
    const file = await toFile(PROGRAM);
    assert.ok(isSharedFile(file) && isSharedFile(`\uFEFF${file}`));
    assert.deepEqual(await fromFile('a.json', file), PROGRAM);
    assert.deepEqual(await fromFile('a.json', `\uFEFF${file}`), PROGRAM);
    assert.equal(isSharedFile('{ "parts": [] }'), false);
  });

  it('may be a file of any name', async () => {
    for (const [name, shared] of [
      ['Blümchen+größer, (2).elf', undefined],
      ['.hidden.uf2', undefined],
      ['[my] <b>"firmware".elf', '[my] -b--firmware-.elf'],
      ['a..b\u0007\u202e.elf', 'a.b--.elf'],
      [`${'x'.repeat(90)}.elf`, `${'x'.repeat(76)}.elf`],
    ] as const) {
      const { program } = await fromFile('a.json', await toFile({ ...PROGRAM, program: name }));
      assert.equal(program, shared ?? name);
    }
  });

  it('is refused if it is not what this page makes, with the reason', async () => {
    const good = { uasync: 1, program: 'x', sources: {} };
    for (const [json, reason] of [
      ['{', /^The link cannot be read: it is not JSON \(.+\)\.$/],
      ['[]', 'The link cannot be read: it is not an object.'],
      [{ ...good, uasync: 2 }, 'The link cannot be read: a newer version of this page has made it.'],
      [{ ...good, uasync: 0 }, 'The link cannot be read: this page has not made it.'],
      [{ program: 'x', sources: {} }, 'The link cannot be read: this page has not made it.'],
      [{ ...good, more: 1 }, 'The link cannot be read: it has an unknown field "more".'],
      [{ ...good, program: '' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: '../x' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: 'a/./x' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: 'a\u202ex' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: 'a\\x' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: '<b>' }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, program: 'x'.repeat(81) }, 'The link cannot be read: it does not name a program.'],
      [{ ...good, board: {} }, 'The link cannot be read: its board is not the text of a board file.'],
      [{ ...good, image: 1 }, 'The link cannot be read: its image is not text.'],
      [{ ...good, image: '!' }, 'The link cannot be read: its image: it has characters that do not belong there.'],
      [{ ...good, sources: [] }, 'The link cannot be read: its sources are missing.'],
      [{ ...good, sources: { '/etc/x': 'a' } }, 'The link cannot be read: one of its sources has no name, or no text.'],
      [{ ...good, sources: { a: 1 } }, 'The link cannot be read: one of its sources has no name, or no text.'],
      [{ ...good, sources: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`a${index}`, ''])) }, 'The link cannot be read: it has 51 sources; at most 50 have room.'],
    ] as const) {
      const told = await refusal(fromFragment(await linkOf(json)));
      if (typeof reason === 'string') assert.equal(told, reason);
      else assert.match(told, reason);
    }
    assert.equal(await refusal(fromFragment('abc')), 'The link cannot be read: it is damaged, or not complete.');
    assert.match(await refusal(fromFile('mine.json', '{')), /^mine\.json cannot be read: it is not JSON/);
  });

  it('of too much text is refused', async () => {
    assert.equal(await refusal(fromFragment(await linkOf({ uasync: 1, program: 'x', sources: { a: ' '.repeat(2e6) } }))), 'The link cannot be read: it has more than 2,000,000 bytes.');
  });
});
