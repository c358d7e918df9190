import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { changeBetween } from '../../../page/src/edit/text-change.js';

describe('the change between two texts', () => {
  it('is one piece, and as small as it can be', () => {
    assert.deepEqual(changeBetween('one two three', 'one 2 three'), { from: 4, to: 7, insert: '2' });
    assert.deepEqual(changeBetween('', 'new'), { from: 0, to: 0, insert: 'new' });
    assert.deepEqual(changeBetween('old', ''), { from: 0, to: 3, insert: '' });
    assert.equal(changeBetween('same', 'same'), undefined);
  });

  it('makes the one of the other, whatever repeats in them', () => {
    const texts = ['', 'a', 'aa', 'aaa', 'ab', 'aba', 'abab', 'b', 'ba'];
    for (const before of texts) {
      for (const after of texts) {
        const change = changeBetween(before, after) ?? { from: 0, to: 0, insert: '' };
        assert.equal(before.slice(0, change.from) + change.insert + before.slice(change.to), after, `${before} -> ${after}`);
        assert.ok(change.from <= change.to && change.to <= before.length);
      }
    }
  });
});
