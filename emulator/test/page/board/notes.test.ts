import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { noteOf } from '../../../page/src/board/notes.js';

describe('a note', () => {
  it('is the nearest to a frequency, in its octave', () => {
    for (const [hertz, note] of [[440, 'A4'], [261.63, 'C4'], [246.94, 'B3'], [466.16, 'A♯4'], [27.5, 'A0'], [20, 'D♯0'], [4186, 'C8'], [523.25, 'C5'], [880, 'A5']] as const) assert.equal(noteOf(hertz), note);
    assert.deepEqual([noteOf(452), noteOf(454)], ['A4', 'A♯4']);
  });
});
