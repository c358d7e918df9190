import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Expectation } from '../../src/board/expectation.js';

describe('an expectation', () => {
  it('is met by the bytes of a text over one port', () => {
    const expectation = new Expectation(['caf\u00e9']);
    const push = (port: number | null, text: string): void => new TextEncoder().encode(text).forEach((byte) => expectation.push(port, byte));
    push(0, 'cacaf');
    push(1, '\u00e9');
    assert.equal(expectation.missing, 'caf\u00e9');
    push(null, 'caf');
    push(0, '\u00e9');
    assert.equal(expectation.missing, undefined);
    push(0, 'more');
    assert.equal(expectation.missing, undefined);
  });

  it('waits for the next text behind the one before', () => {
    const expectation = new Expectation(['aba', 'ab']);
    for (const character of 'abab') expectation.push(0, character.charCodeAt(0));
    assert.equal(expectation.missing, 'ab');
    for (const character of 'ab') expectation.push(0, character.charCodeAt(0));
    assert.equal(expectation.missing, undefined);
  });
});
