import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { boardPinsOf } from '../../../page/src/compare/board-pins.js';
import { rowsOf, type Side } from '../../../page/src/compare/figure-rows.js';

const edgesOf = (counts: Readonly<Record<number, number>>): Uint32Array => Uint32Array.from({ length: 30 }, (_, pin) => counts[pin] ?? 0);
const NOTHING: Side = { figures: undefined, size: undefined };
const CPP: Side = {
  figures: { nanos: 2e9, asleepNanos: 1.999e9, longestBusyNanos: 52_000, edges: edgesOf({ 15: 3, 16: 1, 25: 1234 }), reaction: { latestNanos: 1e6, worstNanos: 2.5e6 } },
  size: { flash: 4652, ram: 2200 },
};
const PYTHON: Side = {
  figures: { nanos: 0, asleepNanos: 0, longestBusyNanos: 0, edges: edgesOf({ 15: 2 }), reaction: undefined },
  size: { flash: 339_456, ram: undefined },
};
const WITH_BUTTON = { hasButton: true, inputs: new Set([15]) };

/** What the table says, a line for each row. */
const said = (cpp: Side, python: Side, pins = WITH_BUTTON): string[] => rowsOf(cpp, python, pins).map(({ name, cells }) => `${name}: ${cells.map(({ text, why }) => (why === undefined ? text : `${text} ${why}`)).join(' | ')}`);

describe('the figures beside each other', () => {
  it('are measured numbers, or a dash with the reason for it', () => {
    assert.deepEqual(said(CPP, PYTHON), [
      'Time: 2.000 s | 0.000 s',
      'Flash: 4.7 kB | 339.5 kB',
      'RAM: 2.2 kB | – MicroPython has all RAM for its heap; how much of it a program uses cannot be seen from outside.',
      'Asleep: 99.95 % | – The program has not started yet.',
      'Longest busy: 52.0 µs | 0 ns',
      'Edges: GP16:\u00a01, GP25:\u00a01,234 | none',
      'Press to LED, latest: 1.00 ms | – No edge of the LED has followed a press yet.',
      'Press to LED, worst: 2.50 ms | – No edge of the LED has followed a press yet.',
    ]);
  });

  it('say that a program has not started', () => {
    const lines = said(NOTHING, NOTHING);
    assert.equal(lines.length, 8);
    for (const line of lines.filter((line) => !line.startsWith('RAM'))) assert.match(line, /: – The program has not started yet\. \| – The program has not started yet\.$/);
    assert.match(said({ ...CPP, size: { flash: 900, ram: undefined } }, NOTHING)[2] ?? '', /^RAM: – The file does not say/);
    assert.match(said({ ...CPP, size: { flash: 900, ram: 1 } }, NOTHING)[1] ?? '', /^Flash: 900 B \| – The program/);
  });

  it('tell of presses only where there is a button', () => {
    const names = rowsOf(CPP, PYTHON, { ...WITH_BUTTON, hasButton: false }).map(({ name }) => name);
    assert.deepEqual(names, ['Time', 'Flash', 'RAM', 'Asleep', 'Longest busy', 'Edges']);
  });

  it('all say how they are measured', () => {
    for (const { name, means } of rowsOf(CPP, PYTHON, WITH_BUTTON)) assert.match(means, /^[A-Z].{20,}\.$/, name);
  });

  it('leave out the edges that the parts of the board make', () => {
    const board = parseBoard('{ "parts": [{ "id": "a", "type": "pushbutton", "pin": "GP3" }, { "id": "b", "type": "encoder", "clk": "GP4", "dt": "GP5", "sw": "GP6" }, { "id": "c", "type": "encoder", "clk": "GP7", "dt": "GP8" }, { "id": "d", "type": "led", "pin": "GP9" }] }');
    assert.deepEqual(boardPinsOf(board), { hasButton: true, inputs: new Set([3, 4, 5, 6, 7, 8]) });
    const sensors = parseBoard('{ "parts": [{ "id": "a", "type": "slide_switch", "pin": "GP2" }, { "id": "b", "type": "pir", "pin": "GP3" }, { "id": "c", "type": "hc_sr04", "trig": "GP4", "echo": "GP5" }, { "id": "d", "type": "dht22", "data": "GP6" }, { "id": "e", "type": "ds18b20", "dq": "GP7" }, { "id": "f", "type": "servo", "pin": "GP8" }] }');
    assert.deepEqual(boardPinsOf(sensors), { hasButton: false, inputs: new Set([2, 3, 5, 6, 7]) });
    assert.deepEqual(boardPinsOf({ parts: [] }), { hasButton: false, inputs: new Set() });
  });
});
