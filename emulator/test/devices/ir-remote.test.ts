import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { IrRemote } from '../../src/devices/ir-remote.js';
import { RecordingBoard } from '../support/recording-board.js';

function connected(address?: number): { board: RecordingBoard; remote: IrRemote } {
  const board = new RecordingBoard();
  const remote = new IrRemote(16, address);
  remote.connect(board);
  return { board, remote };
}

/** When each burst began, in milliseconds, and how long it and the pause behind it were. */
function bursts({ log }: RecordingBoard): readonly { at: number; low: number; high: number }[] {
  const edges = log.slice(1).map((line) => /^([\d.]+) ms: GP16=([01])$/.exec(line)?.slice(1).map(Number) as [number, number]);
  edges.forEach(([, level], index) => assert.equal(level, index % 2));
  const times = edges.map(([at]) => at);
  return times.flatMap((at, index) => (index % 2 === 0 ? { at, low: (times[index + 1] ?? NaN) - at, high: (times[index + 2] ?? Infinity) - (times[index + 1] ?? NaN) } : []));
}

/** What a board has seen: the bytes of a frame, or `repeat`, each with its time. */
function seen(board: RecordingBoard): string[] {
  const messages: string[] = [];
  const all = bursts(board);
  for (let index = 0; index < all.length; ) {
    const leader = all[index++] as (typeof all)[0];
    assert.ok(Math.abs(leader.low - 9) < 1e-6, `${leader.low}`);
    const bits: number[] = [];
    if (leader.high > 3) {
      assert.ok(Math.abs(leader.high - 4.5) < 1e-6);
      for (let i = 0; i < 32; ++i) {
        const { low, high } = all[index++] as (typeof all)[0];
        assert.ok(Math.abs(low - 0.5625) < 1e-6);
        bits.push(high > 1 ? 1 : 0);
        assert.ok(Math.abs(high - (high > 1 ? 1.6875 : 0.5625)) < 1e-6);
      }
    } else {
      assert.ok(Math.abs(leader.high - 2.25) < 1e-6);
    }
    assert.ok(Math.abs((all[index++] as (typeof all)[0]).low - 0.5625) < 1e-6);
    const bytes = [0, 8, 16, 24].map((from) => bits.slice(from, from + 8).reduce((byte, bit, at) => byte | (bit << at), 0));
    messages.push(`${leader.at} ${bits.length === 0 ? 'repeat' : bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`);
  }
  return messages;
}

describe('a remote control', () => {
  it('sends a key that is tapped once, with its complement', () => {
    const { board, remote } = connected();
    board.pass(1e9);
    remote.press(0x15, true);
    remote.press(0x15, false);
    board.pass(1e9);
    assert.deepEqual(seen(board), ['1000 00 ff 15 ea']);
    assert.equal(board.log[0], '0 ms: GP16=1');
  });

  it('repeats a key each 108 ms while it is held', () => {
    const { board, remote } = connected();
    remote.press(1, true);
    board.pass(220e6);
    remote.press(1, false);
    board.pass(1e9);
    assert.deepEqual(seen(board), ['0 00 ff 01 fe', '108 repeat', '216 repeat']);
  });

  it('sends the newest key when the one before has had its time, and repeats that', () => {
    const { board, remote } = connected(255);
    remote.press(1, true);
    board.pass(10e6);
    remote.press(2, true);
    remote.press(3, true);
    board.pass(10e6);
    remote.press(1, false);
    board.pass(200e6);
    remote.press(3, false);
    board.pass(300e6);
    remote.press(4, true);
    remote.press(4, false);
    board.pass(1e9);
    assert.deepEqual(seen(board), ['0 ff 00 01 fe', '108 ff 00 03 fc', '216 repeat', '520 ff 00 04 fb']);
  });

  it('has all bits of an extended address', () => {
    for (const [address, bytes] of [[0x100, '00 01'], [0x1234, '34 12'], [0xffff, 'ff ff']] as const) {
      const { board, remote } = connected(address);
      remote.press(0xff, true);
      remote.press(0xff, false);
      board.pass(1e9);
      assert.deepEqual(seen(board), [`0 ${bytes} ff 00`]);
    }
  });
});
