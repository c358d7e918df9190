import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { MotionSensor } from '../../src/devices/motion-sensor.js';
import { Bench } from '../support/program.js';
import { RecordingBoard } from '../support/recording-board.js';
import { bkpt, wfi } from '../support/thumb.js';

function connected(): { board: RecordingBoard; sensor: MotionSensor } {
  const board = new RecordingBoard();
  const sensor = new MotionSensor(16, 3e9);
  sensor.connect(board);
  return { board, sensor };
}

describe('a motion sensor', () => {
  it('is low until something moves, high while it moves, and for some time after that', () => {
    const { board, sensor } = connected();
    board.pass(1e9);
    sensor.see(true);
    sensor.see(true);
    board.pass(5e9);
    sensor.see(false);
    sensor.see(false);
    board.pass(10e9);
    assert.deepEqual(board.log, ['0 ms: GP16=0', '1000 ms: GP16=1', '9000 ms: GP16=0']);
  });

  it('begins its time anew when something moves again', () => {
    const { board, sensor } = connected();
    sensor.see(true);
    sensor.see(false);
    board.pass(2e9);
    sensor.see(true);
    board.pass(2e9);
    sensor.see(false);
    board.pass(10e9);
    assert.deepEqual(board.log, ['0 ms: GP16=0', '0 ms: GP16=1', '2000 ms: GP16=1', '7000 ms: GP16=0']);
  });

  it('keeps a firmware that is asleep from being asleep for ever', () => {
    const { pico } = new Bench([wfi, bkpt]);
    const sensor = new MotionSensor(16, 3e9);
    pico.attach(sensor);
    sensor.see(true);
    sensor.see(false);
    pico.run(2.9e9);
    assert.deepEqual([pico.ending, pico.level(16)], [undefined, 1]);
    pico.run(10e9);
    assert.deepEqual([pico.ending?.kind, pico.level(16), pico.nanos], ['asleep', 0, 3e9]);
  });

  it('has its time from the last motion, whatever came before', () => {
    const { board, sensor } = connected();
    for (let left = 3; left > 0; left--) {
      sensor.see(true);
      sensor.see(false);
      board.pass(1e9);
    }
    board.pass(10e9);
    assert.deepEqual(board.log.slice(-2), ['2000 ms: GP16=1', '5000 ms: GP16=0']);
  });

  it('does nothing where nothing moves', () => {
    const { board, sensor } = connected();
    sensor.see(false);
    board.pass(10e9);
    assert.deepEqual(board.log, ['0 ms: GP16=0']);
  });
});
