import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Announcer } from '../../../page/src/board/announcer.js';

describe('an announcer of lamps', () => {
  it('tells what is new, once', () => {
    const announcer = new Announcer();
    assert.equal(announcer.tell(), '');
    announcer.note('LED', 'on');
    announcer.note('LED', 'on');
    announcer.note('Lamp', 'off');
    assert.equal(announcer.tell(), 'LED: on');
    assert.equal(announcer.tell(), '');
    announcer.note('LED', 'off');
    announcer.note('Lamp', 'on, 30 %');
    assert.equal(announcer.tell(), 'LED: off, Lamp: on, 30 %');
  });

  it('says of one that changes often that it blinks, and then how it stays', () => {
    const announcer = new Announcer();
    for (let second = 0; second < 3; second++) {
      announcer.note('LED', 'on');
      announcer.note('LED', 'off');
      assert.equal(announcer.tell(), second === 0 ? 'LED: blinking' : '');
    }
    assert.equal(announcer.tell(), 'LED: off');
  });

  it('knows nothing of the lamps of another board', () => {
    const announcer = new Announcer();
    announcer.note('LED', 'on');
    announcer.clear();
    assert.equal(announcer.tell(), '');
  });
});
