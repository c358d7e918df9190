import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { wordsOfEnding, wordsOfLeftBehind } from '../../../page/src/worker/ending-words.js';

describe('the end of a firmware, in words', () => {
  it('is a normal one', () => {
    assert.deepEqual(wordsOfEnding({ kind: 'returned', text: 'main() returned' }, true), { text: 'The program has ended: main() returned.', failed: false });
    assert.deepEqual(wordsOfEnding({ kind: 'bootsel', text: 'went to the USB boot loader (BOOTSEL)' }, true).text, 'The program has ended: it went to the USB boot loader (BOOTSEL).');
    assert.equal(wordsOfEnding({ kind: 'asleep', text: 'asleep for ever at some place' }, true).text, 'The program is asleep for ever at some place.');
  });

  it('is a breakpoint, and says what tells more', () => {
    const ending = { kind: 'breakpoint', text: 'breakpoint at some place' } as const;
    assert.deepEqual(wordsOfEnding(ending, true), { text: 'The program has stopped at a breakpoint at some place.', failed: false });
    assert.equal(wordsOfEnding(ending, false).text, 'The program has stopped at a breakpoint at some place; open the ELF file to see where that is.');
  });

  it('is not the end of the chip', () => {
    assert.equal(wordsOfLeftBehind({ kind: 'returned', text: 'main() returned' }), 'The program has ended: main() returned. The other core or a peripheral goes on.');
  });

  it('is a failure', () => {
    assert.deepEqual(wordsOfEnding({ kind: 'crashed', text: 'crashed: why' }, true), { text: 'The firmware crashed: why', failed: true });
  });
});
