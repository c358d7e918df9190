import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { StringTable } from '../../src/firmware/strings.js';

const table = (text: string): StringTable => new StringTable(new TextEncoder().encode(text));

describe('the texts of a section', () => {
  it('begin anywhere and end with a zero', () => {
    const texts = table('\0main\0loop\0');
    assert.deepEqual([texts.at(1), texts.at(3), texts.at(6), texts.at(0)], ['main', 'in', 'loop', '']);
  });

  it('are not there beyond its end, nor without a zero', () => {
    const texts = table('main');
    assert.deepEqual([texts.at(0), texts.at(4), texts.at(-1), texts.at(NaN)], [undefined, undefined, undefined, undefined]);
    assert.equal(table(`${'x'.repeat(10_000)}\0`).at(0), undefined);
  });

  it('do nothing to a terminal', () => assert.equal(table('\x1b[2J\0').at(0), '\\u001b[2J'));

  it('are together not much longer than the section', () => {
    const texts = table(`${'x'.repeat(5000)}\0`);
    const found = Array.from({ length: 5000 }, (_, offset) => texts.at(offset) ?? '');
    assert.ok(found.reduce((sum, text) => sum + text.length, 0) < 60_000);
    assert.equal(texts.at(0), found[0]);
  });
});
