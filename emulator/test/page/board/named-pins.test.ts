import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { namedPinsOf } from '../../../page/src/board/named-pins.js';

describe('the pins with names', () => {
  it('are those with a level, the LED on the Pico last', () => {
    const parts = [
      { id: 'go', type: 'pushbutton', pin: 'GP15', label: 'Go' },
      { id: 'knob', type: 'potentiometer', pin: 'GP26' },
      { id: 'turn', type: 'encoder', clk: 'GP2', dt: 'GP3' },
    ];
    assert.deepEqual(namedPinsOf(parseBoard(JSON.stringify({ parts }))), [
      { pin: 15, name: 'Go' },
      { pin: 2, name: 'Encoder CLK' },
      { pin: 3, name: 'Encoder DT' },
      { pin: 25, name: 'LED' },
    ]);
  });
});
