import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { printable } from '../src/printable.js';

describe('a printable text', () => {
  it('is one line, and does nothing to a terminal', () => {
    assert.equal(printable("'a\nb\x1b[2J\x9b\u2028' is not a time"), "'a\\u000ab\\u001b[2J\\u009b\\u2028' is not a time");
    assert.equal(printable('abc\u202ecba\u2066\ufeff'), 'abc\\u202ecba\\u2066\\ufeff');
  });

  it('keeps letters of all kinds', () => assert.equal(printable('caf\u00e9 \u4e2d\u6587 \ud83d\ude00'), 'caf\u00e9 \u4e2d\u6587 \ud83d\ude00'));
});
