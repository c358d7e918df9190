import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Bench } from '../support/program.js';
import { gpioControl } from '../support/registers.js';
import { type Code, forever, store } from '../support/thumb.js';

describe('PIO', () => {
  const PIO0 = 0x50200000;
  /** Toggles GP2 from state machine 0 with two instructions. */
  const square = (divider: number, setHigh: number, setLow: number): Code => [
    store(gpioControl(2), 6),
    store(PIO0 + 0xc8, divider << 8),
    store(PIO0 + 0xdc, (1 << 26) | (2 << 5)), // PINCTRL: set one pin, GP2
    store(PIO0 + 0xd8, 0xe081), // set pindirs, 1
    store(PIO0 + 0x48, setHigh),
    store(PIO0 + 0x4c, setLow),
    store(PIO0 + 0xcc, 1 << 12), // EXECCTRL: wrap after the second instruction
    store(PIO0, 1),
    forever,
  ];
  const periods = (main: Code): number[] => {
    const edges = new Bench(main).run(50_000).edgesOf(2);
    return [...new Set(edges.slice(1).map((edge, index) => edge - (edges[index] as number)))];
  };

  it('takes one instruction a cycle of simulated time', () => {
    assert.deepEqual(periods(square(0x100, 0xe001, 0xe000)), [8]); // set pins, 1; set pins, 0
  });

  it('runs as slowly as its divider says', () => {
    assert.deepEqual(periods(square(0x280, 0xe001, 0xe000)).sort(), [16, 24]); // 2.5 cycles
  });

  it('keeps the delays of its instructions', () => {
    assert.deepEqual(periods(square(0x100, 0xe301, 0xe300)), [32]); // set pins, 1 [3]; set pins, 0 [3]
  });
});
