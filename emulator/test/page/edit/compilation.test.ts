import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { compilationOf } from '../../../page/src/edit/compilation.js';

describe('an answer of the server', () => {
  it('has an image, byte for byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const result = compilationOf({ image: Buffer.from(bytes).toString('base64'), problem: '', text: '', messages: [], seconds: 1.5 });
    assert.deepEqual(result, { image: bytes, text: '', messages: [], seconds: 1.5 });
  });

  it('or says what is wrong', () => {
    const messages = [{ kind: 'error', text: 'no', place: '', file: 'a.cpp', line: 3, column: null, notes: [] }] as const;
    assert.deepEqual(compilationOf({ problem: 'compile', text: '1 error', messages, seconds: 0 }), { image: undefined, text: '1 error', messages, seconds: 0 });
  });
});
