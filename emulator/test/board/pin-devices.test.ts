import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { DevicePin, PinDevice } from '../../src/devices/device.js';
import { boot } from '../support/compile.js';
import { Bench } from '../support/program.js';
import { loop, wfi } from '../support/thumb.js';

const PIN = 4;
const US = 1000;

/** A device that notes the edges of its pin, and does something when it is connected or hears one. */
class Probe implements PinDevice {
  readonly edges: [micros: number, level: number][] = [];
  board: DevicePin | undefined;

  constructor(
    private readonly onConnect: (board: DevicePin) => void = () => undefined,
    private readonly onEdge: (board: DevicePin, level: number) => unknown = () => undefined,
  ) {}

  connect(board: DevicePin): void {
    this.board = board;
    this.onConnect(board);
  }

  edge(level: number, nanos: number): void {
    this.edges.push([nanos / US, level]);
    this.onEdge(this.board as DevicePin, level);
  }
}

/** Switches the pin's interrupt on, sleeps, and tells of the level with each wake. */
const WAITS = `
  void irq13(void) { hex(REG(0xd0000004) >> 4 & 1); REG(0x400140f0) = 0xcu << 16; }
  int main(void) { REG(0x40014004 + 8 * 4) = 5; REG(0x40014100) = 0xcu << 16; REG(0xe000e100) = 1 << 13; for (;;) __asm__ volatile("wfi"); }`;

describe('a device at a pin', () => {
  it('drives it at its times, and wakes a firmware that sleeps, whose run goes on for that long', () => {
    const probe = new Probe((board) => {
      board.at(1e6, () => {
        board.drive(1);
        board.at(1.5e6, () => board.drive(undefined));
      });
    });
    const bench = boot(WAITS);
    bench.pico.pin(PIN).attach(probe);
    bench.run();
    assert.deepEqual(probe.edges, [[1000, 1], [1500, 0]]);
    assert.deepEqual(bench.edges.map(({ pin, nanos, level }) => [pin, nanos, level]), [[PIN, 1e6, 1], [PIN, 1.5e6, 0]]);
    assert.equal(bench.trace, '0000000100000000');
    assert.equal(bench.ending, 'asleep'); // once nothing more can come
    assert.ok(bench.pico.nanos < 1.6e6);
  });

  it('knows its level and the time', () => {
    const probe = new Probe();
    const { pico } = new Bench([loop(wfi)]);
    pico.drive(PIN, 1);
    pico.pin(PIN).attach(probe);
    pico.awaitsInput = true;
    pico.run(1e6);
    assert.deepEqual([probe.board?.level, probe.board?.nanos], [1, pico.nanos]);
    assert.equal(new Bench([loop(wfi)]).pico.level(PIN), 0);
  });

  it('answers an edge a cycle later, and everybody hears both in order', () => {
    const answering = new Probe(undefined, (board, level) => level === 1 && board.drive(0));
    const listening = new Probe();
    const { pico, edges } = new Bench([loop(wfi)]);
    pico.pin(PIN).attach(answering);
    pico.pin(PIN).attach(listening);
    pico.scheduleDrive(PIN, 1, 8 * US);
    pico.scheduleDrive(PIN, undefined, 9 * US);
    pico.run(1e6);
    const expected = [[8, 1], [8.008, 0]];
    assert.deepEqual(listening.edges, expected);
    assert.deepEqual(edges.map(({ nanos, level }) => [nanos / US, level]), expected);
    assert.equal(pico.level(PIN), 0);
  });

  it('shares it: a low level wins, and nobody lets go for another', () => {
    const [one, other] = [new Probe(), new Probe()];
    const { pico } = new Bench([loop(wfi)]);
    pico.pin(PIN).attach(one);
    pico.pin(PIN).attach(other);
    const levels: number[] = [];
    for (const change of [
      () => one.board?.drive(1),
      () => other.board?.drive(0),
      () => pico.drive(PIN, 0),
      () => other.board?.drive(undefined),
      () => pico.drive(PIN, undefined),
      () => one.board?.drive(undefined),
    ]) {
      change();
      levels.push(pico.level(PIN));
    }
    assert.deepEqual(levels, [1, 0, 0, 0, 1, 0]);
  });

  it('goes on while the chip is reset: what it drives stays, and what is to come comes', () => {
    const high = new Probe((board) => board.drive(1));
    const late = new Probe((board) => board.at(2e6, () => board.drive(1)));
    const output = new Probe();
    const bench = boot(`int main(void) { REG(0x40014004 + 8 * 6) = 5; REG(0xd0000024) = 64; REG(0xd0000014) = 64; for (;;) __asm__ volatile("wfi"); }`);
    const { pico } = bench;
    pico.pin(PIN).attach(high);
    pico.pin(5).attach(late);
    pico.pin(6).attach(output);
    pico.run(1e6);
    bench.edges.length = 0;
    const { nanos } = pico;
    pico.reset();
    assert.deepEqual(high.edges, [[0, 1]]);
    assert.deepEqual([pico.level(PIN), pico.level(6)], [1, 0]);
    pico.run(3e6);
    assert.deepEqual(high.edges, [[0, 1]]);
    assert.deepEqual(late.edges, [[2000, 1]]);
    // An output that is reset falls, for the device, too.
    assert.deepEqual(output.edges.map(([, level]) => level), [1, 0, 1]);
    assert.equal(output.edges[1]?.[0], nanos / US);
    assert.deepEqual(bench.edges.map(({ pin, level }) => [pin, level]), [[6, 0], [6, 1], [5, 1]]);
  });
});
