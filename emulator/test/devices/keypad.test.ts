import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Keypad } from '../../src/devices/keypad.js';
import { Bench } from '../support/program.js';
import { RecordingBoard } from '../support/recording-board.js';
import { output, pad, PAD_INPUT, PAD_PULL_UP } from '../support/registers.js';
import { store, wfi } from '../support/thumb.js';

function connected(): { board: RecordingBoard; keypad: Keypad } {
  const board = new RecordingBoard();
  const keypad = new Keypad([2, 3], [6, 7, 8]);
  keypad.connect(board);
  return { board, keypad };
}

describe('a keypad', () => {
  it('has no other keys than those of its rows and columns', () => {
    const { keypad, board } = connected();
    for (const [row, column] of [[2, 0], [0, 3], [-1, 0], [0, 0.5]] as const) assert.throws(() => keypad.press(row, column, true), RangeError);
    keypad.press(0, 0, false);
    assert.deepEqual(board.log, []);
  });

  it('connects the row of a key with its column while it is held', () => {
    const { board, keypad } = connected();
    keypad.press(1, 2, true);
    keypad.press(1, 2, true);
    board.pass(200e6);
    keypad.press(1, 2, false);
    keypad.press(1, 2, false);
    assert.deepEqual(board.log, ['0 ms: GP3-GP8', '200 ms: GP3 GP8']);
  });

  it('has a press last as long as a finger needs', () => {
    const { board, keypad } = connected();
    keypad.press(0, 0, true);
    keypad.press(0, 0, false);
    board.pass(49e6);
    keypad.press(0, 1, true);
    board.pass(51e6);
    keypad.press(0, 1, false);
    assert.deepEqual(board.log, ['0 ms: GP2-GP6', '49 ms: GP2-GP7', '50 ms: GP2 GP6', '100 ms: GP2 GP7']);
  });

  it('stays closed when it is pressed again before it has opened', () => {
    const { board, keypad } = connected();
    keypad.press(0, 0, true);
    keypad.press(0, 0, false);
    board.pass(10e6);
    keypad.press(0, 0, true);
    board.pass(100e6);
    assert.deepEqual(board.log, ['0 ms: GP2-GP6']);
    keypad.press(0, 0, false);
    assert.deepEqual(board.log, ['0 ms: GP2-GP6', '110 ms: GP2 GP6']);
  });

  it('pulls a column low with a row that is low, and shows a ghost key at the fourth corner', () => {
    const pulledUp = (pin: number): number[] => store(pad(pin), PAD_INPUT | PAD_PULL_UP) as number[];
    const bench = new Bench([output(2), pulledUp(3), pulledUp(6), pulledUp(7), wfi]);
    const keypad = new Keypad([2, 3], [6, 7]);
    bench.pico.awaitsInput = true;
    bench.pico.attach(keypad);
    bench.pico.run(1e6);
    const levels = (): string => [2, 3, 6, 7].map((pin) => bench.pico.level(pin)).join('');
    assert.equal(levels(), '0111');
    keypad.press(0, 1, true);
    assert.equal(levels(), '0110');
    keypad.press(1, 0, true);
    assert.equal(levels(), '0110');
    keypad.press(1, 1, true); // three corners are held, and the fourth, row 0 and column 0, seems to be
    assert.equal(levels(), '0000');
    bench.pico.run(bench.pico.nanos + 100e6);
    keypad.press(1, 1, false);
    assert.equal(levels(), '0110');
  });
});
