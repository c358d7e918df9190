import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import type { Press } from '../../src/board/units.js';
import type { RecordReply } from '../src/protocol.js';
import { record } from '../src/worker/record.js';
import { usePages } from './board-page.js';

const open = usePages();

const MS = 1e6;
const press = (startMillis: number, millis = 100): Press => ({ pin: 15, startNanos: startMillis * MS, durationNanos: millis * MS });

interface TestWindow {
  readonly uasyncTest: { record(seconds: number, presses: readonly Press[]): Promise<RecordReply> };
}

/** The first of some things that differs from the other; undefined if none does. */
function firstDifference(here: readonly unknown[], there: readonly unknown[]): unknown {
  for (let index = 0; index < Math.max(here.length, there.length); index++) {
    const [a, b] = [JSON.stringify(here[index]), JSON.stringify(there[index])];
    if (a !== b) return { index, here: a, there: b };
  }
  return undefined;
}

describe('the same firmware does the same in node and in the browser, to the cycle', () => {
  it.for([
    ['05_queue', 1.5, [press(10), press(310), press(570)]],
    ['07_latest', 2.5, [press(300), press(600, 3), press(604), press(1500)]],
    ['06_race', 0.2, []],
    ['02b_starving', 0.1, []],
  ] as const)('%s', async ([example, seconds, presses]) => {
    const board = await open(`#example=${example}`);
    await board.page.keyboard.press('p'); // leaves the processor to the recording
    // As text: Playwright takes much longer over as many objects.
    const text = await board.page.evaluate(
      async ([seconds, presses]) => JSON.stringify(await (window as unknown as TestWindow).uasyncTest.record(seconds, presses)),
      [seconds, presses] as const,
    );
    const there = JSON.parse(text) as RecordReply;
    const here = record(await readFile(join(inject('site'), 'examples', `${example}.elf`)), seconds * 1e9, presses);
    // Not two runs of nothing: tasks have run, and the button has been pressed.
    assert.ok(here.taskEvents.length >= 2 && here.cycles > 1e5);
    assert.equal(here.edges.filter(({ pin, level }) => pin === 15 && level === 0).length, presses.length);
    assert.deepEqual([there.nanos, there.cycles, there.edges.length, there.taskEvents.length], [here.nanos, here.cycles, here.edges.length, here.taskEvents.length]);
    assert.equal(firstDifference(here.edges, there.edges), undefined);
    assert.equal(firstDifference(here.taskEvents, there.taskEvents), undefined);
  });
});
