import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { simulatedOf } from '../../../page/src/board/kinds/index.js';
import { BoardRun } from '../../../page/src/worker/board-run.js';
import { Devices } from '../../../page/src/worker/part-devices.js';
import { compileElf } from '../../support/compile.js';
import { PARTS_BOARD, PARTS_PROGRAM } from '../../support/fixtures.js';

/** A program that does nothing to the pins. */
const IDLE = 'int main(void) { for (;;) __asm__ volatile("wfe"); }';

/** A board of these parts with a program on it. */
class Bench {
  readonly devices = new Devices();
  private readonly file: Uint8Array;
  private board: BoardRun;
  private known: Record<string, Readonly<Record<string, number>>> = {};

  constructor(parts: readonly unknown[], program: string) {
    this.file = compileElf(program);
    this.devices.handle({ kind: 'devices', devices: simulatedOf(parseBoard(JSON.stringify({ parts })).parts) });
    this.board = this.powerOn();
  }

  powerOn(): BoardRun {
    this.board = new BoardRun(this.file);
    this.devices.connect(this.board.pico);
    this.known = {};
    return this.board;
  }

  sense(id: string, values: Readonly<Record<string, number>>): void {
    this.devices.handle({ kind: 'sense', id, values });
  }

  /** Lets time pass, in frames as the page has them, and gives what was printed. */
  run(seconds: number): string {
    let text = '';
    for (let left = Math.round(seconds * 50); left > 0; left--) {
      this.board.advance(this.board.pico.nanos + 20e6, () => true);
      text += new TextDecoder().decode(this.board.take().console);
      for (const { id, values } of this.devices.takeReadings()) this.known[id] = values;
    }
    return text;
  }

  reading(id: string): Readonly<Record<string, number>> | undefined {
    return this.known[id];
  }

  /** Lets time pass, and counts the edges of a pin. */
  edgesOf(pin: number, seconds: number): number {
    let count = 0;
    for (let left = Math.round(seconds * 50); left > 0; left--) {
      this.board.advance(this.board.pico.nanos + 20e6, () => true);
      count += this.board.take().edges.filter((edge) => edge.pin === pin).length;
    }
    return count;
  }

  level(pin: number): number {
    return this.board.pico.level(pin);
  }
}

const bench = (): Bench => new Bench(PARTS_BOARD.parts, PARTS_PROGRAM);

describe('a simulated part', () => {
  it('tells what it does once, and then when that changes', () => {
    const { devices } = bench();
    assert.deepEqual(devices.takeReadings(), [
      { id: 'arm', values: { degrees: 0 } },
      { id: 'beep', values: { hertz: 0 } },
      { id: 'pump', values: { clicks: 0 } },
    ]);
    assert.deepEqual(devices.takeReadings(), []);
  });

  it('tells it again when the board is powered on', () => {
    const board = bench();
    board.devices.takeReadings();
    board.powerOn();
    assert.equal(board.devices.takeReadings().length, 3);
  });

  it('keypad is scanned by its rows and columns, and a buzzer sounds', () => {
    const board = bench();
    board.run(0.1);
    let text = '';
    for (const key of ['1', 'A', '8', '*', 'D']) {
      board.sense('pad', { [key]: 1 });
      text += board.run(0.1);
      assert.deepEqual(board.reading('beep'), { hertz: 440 }, key);
      board.sense('pad', { [key]: 0 });
      text += board.run(0.1);
      assert.deepEqual(board.reading('beep'), { hertz: 0 });
    }
    assert.equal(text, '1\nA\n8\n*\nD\n');
  });

  it('keypad has keys that are held together', () => {
    const board = bench();
    board.sense('pad', { '1': 1 });
    board.run(0.1);
    board.sense('pad', { D: 1 });
    board.sense('pad', { D: 0 });
    board.run(0.2);
    assert.deepEqual(board.reading('beep'), { hertz: 440 });
  });

  it('keypad keeps a key that is held while the board is powered on', () => {
    const board = bench();
    board.sense('pad', { '5': 1 });
    board.powerOn();
    assert.equal(board.run(0.1), '5\n');
  });

  it('slide switch begins where the board file says, and stays where it was put', () => {
    const board = new Bench([{ id: 'mode', type: 'slide_switch', pin: 'GP22', value: 1 }], IDLE);
    board.run(0.02);
    assert.equal(board.level(22), 1);
    board.sense('mode', { level: 0 });
    assert.equal(board.level(22), 0);
    board.powerOn();
    board.run(0.02);
    assert.equal(board.level(22), 0);
  });

  it('servo goes where it is told to, and stays there', () => {
    const board = bench();
    board.run(0.1);
    assert.deepEqual(board.reading('arm'), { degrees: 0 });
    board.sense('mode', { level: 1 });
    board.run(0.1);
    assert.deepEqual(board.reading('arm'), { degrees: 180 });
  });

  it('motion sensor is high while something moves and half a second longer, and a relay clicks', () => {
    const board = bench();
    board.run(0.1);
    assert.deepEqual([board.level(27), board.reading('pump')], [0, { clicks: 0 }]);
    board.sense('eye', { motion: 1 });
    board.run(1);
    board.sense('eye', { motion: 0 });
    board.run(0.4);
    assert.deepEqual([board.level(27), board.reading('pump')], [1, { clicks: 1 }]);
    board.run(0.2);
    assert.deepEqual([board.level(27), board.reading('pump')], [0, { clicks: 2 }]);
  });

  it('remote control sends the key that is held, and repeats it', () => {
    const board = new Bench([{ id: 'far', type: 'ir_remote', pin: 'GP16' }], IDLE);
    board.run(0.02);
    assert.equal(board.level(16), 1);
    board.sense('far', { Minus: 1 });
    assert.equal(board.edgesOf(16, 0.3), 2 * (34 + 2 + 2)); // a frame and two repeats
    board.sense('far', { Minus: 0 });
    board.edgesOf(16, 0.1);
    assert.equal(board.edgesOf(16, 0.5), 0);
    board.sense('far', { 'CH+': 1, '9': 0 });
    assert.equal(board.edgesOf(16, 0.1), 2 * 34);
  });

  it('pulls its pins up where low is what makes it do something', () => {
    const digit = { id: 'digit', type: 'seven_segment', a: 'GP0', b: 'GP1', c: 'GP2', d: 'GP3', e: 'GP4', f: 'GP5', g: 'GP6', dp: 'GP7' };
    const light = { id: 'light', type: 'rgb_led', red: 'GP8', green: 'GP9', blue: 'GP10' };
    const pump = { id: 'pump', type: 'relay', pin: 'GP11' };
    for (const [parts, levels] of [
      [[digit, light, pump], '000000000000'],
      [[{ ...digit, common: 'anode' }, { ...light, common: 'anode' }, { ...pump, active: 'low' }], '111111111111'],
    ] as const) {
      const board = new Bench(parts, IDLE);
      board.run(0.02);
      assert.equal(Array.from({ length: 12 }, (_, pin) => board.level(pin)).join(''), levels);
      assert.deepEqual(board.reading('pump'), { clicks: 0 });
    }
  });
});
