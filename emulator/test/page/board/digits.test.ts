import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { digitInWords } from '../../../page/src/board/digits.js';

/** The segments that are lit, by their letters; `.` is the point. */
const words = (lit: string, all = 'abcdefg.'): string => digitInWords([...all].map((segment) => lit.includes(segment)));

describe('a digit in words', () => {
  it('is the character that its segments show', () => {
    assert.equal(['abcdef', 'bc', 'abged', 'abgcd', 'fgbc', 'afgcd', 'afgcde', 'abc', 'abcdefg', 'abfgcd'].map((lit) => words(lit)).join(''), '0123456789');
    assert.equal(words('g', 'abcdefg'), '-');
  });

  it('is its segments where they show no character', () => {
    assert.equal(words('ad'), 'segments a, d');
  });

  it('has a point, where that is lit', () => {
    assert.deepEqual([words('bc.'), words('.'), words(''), words('ad.')], ['1 with a point', 'the point', 'off', 'segments a, d with a point']);
  });
});
