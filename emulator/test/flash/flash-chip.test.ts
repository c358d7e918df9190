import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { FlashChip } from '../../src/flash/flash-chip.js';
import type { Range } from '../../src/flash/range.js';

const SIZE = 2 * 1024 * 1024;

/** A chip with its memory, a clock to turn, and what it told. */
class Desk {
  nanos = 0;
  readonly memory = new Uint8Array(SIZE).fill(0xff);
  readonly written: Range[] = [];
  readonly chip = new FlashChip(this.memory, () => this.nanos, (range) => this.written.push(range));

  /** A command: what comes out from a place on. */
  send(bytes: readonly number[], answers = 0): number[] {
    this.chip.select(true);
    for (const byte of bytes) this.chip.exchange(byte);
    const received = Array.from({ length: answers }, () => this.chip.exchange(0));
    this.chip.select(false);
    return received;
  }

  /** With the command in front of it that allows it. */
  write(...bytes: number[]): void {
    this.send([0x06]);
    this.send(bytes);
  }

  read(address: number, count: number): number[] {
    return this.send([0x03, address >> 16, (address >> 8) & 0xff, address & 0xff], count);
  }

  get status(): number {
    return this.send([0x05], 1)[0] as number;
  }
}

describe('the flash chip', () => {
  it('says what it is', () => {
    const desk = new Desk();
    assert.deepEqual(desk.send([0x9f], 3), [0xef, 0x40, 0x15]);
    assert.deepEqual(desk.send([0x90, 0, 0, 0], 2), [0xef, 0x14]);
    assert.deepEqual(desk.send([0x90, 0, 0, 1], 2), [0x14, 0xef]);
    assert.deepEqual(desk.send([0xab, 0, 0, 0], 1), [0x14]);
    assert.equal(desk.send([0x4b, 0, 0, 0, 0], 8).length, 8);
    assert.deepEqual(desk.send([0x4b, 0, 0, 0, 0], 8), new Desk().send([0x4b, 0, 0, 0, 0], 8));
  });

  it('reads on and on, and round at the end', () => {
    const desk = new Desk();
    desk.memory.set([1, 2, 3], 0x12345);
    desk.memory.set([4], SIZE - 1);
    desk.memory.set([5], 0);
    assert.deepEqual(desk.read(0x12345, 4), [1, 2, 3, 0xff]);
    assert.deepEqual(desk.send([0x0b, 0x01, 0x23, 0x45, 0], 2), [1, 2]);
    assert.deepEqual(desk.read(SIZE - 1, 2), [4, 5]);
  });

  it('clears bits when it programs, within a page', () => {
    const desk = new Desk();
    desk.write(0x02, 0, 1, 0xfe, 0xf0, 1, 2);
    assert.equal(desk.status, 1);
    desk.nanos += 400e3;
    assert.equal(desk.status, 0);
    assert.deepEqual(desk.read(0x1fe, 2), [0xf0, 1]);
    assert.deepEqual(desk.read(0x100, 1), [2]);
    assert.deepEqual(desk.read(0x200, 1), [0xff]);
    desk.write(0x02, 0, 1, 0xfe, 0x3f);
    desk.nanos += 400e3;
    assert.deepEqual(desk.read(0x1fe, 1), [0x30]);
    assert.deepEqual(desk.written, [{ start: 0x100, end: 0x200 }, { start: 0x100, end: 0x200 }]);
  });

  it('keeps the last bytes of more than a page', () => {
    const desk = new Desk();
    desk.write(0x02, 0, 0, 0, ...Array.from({ length: 258 }, (_, index) => index & 0xff), 7);
    assert.deepEqual([...desk.memory.subarray(0, 4)], [0, 1, 7, 3]);
  });

  it.each([['sector', 0x20, 4096, 45e6], ['half block', 0x52, 32768, 120e6], ['block', 0xd8, 65536, 150e6]] as const)('erases a %s', (_, command, bytes, nanos) => {
    const desk = new Desk();
    desk.memory.fill(0);
    desk.write(command, 0x01, 0x80, 0x01);
    const start = 0x18001 - (0x18001 % bytes);
    assert.deepEqual([desk.memory[start - 1], desk.memory[start], desk.memory[start + bytes - 1], desk.memory[start + bytes]], [0, 0xff, 0xff, 0]);
    desk.nanos = nanos - 1;
    assert.equal(desk.status, 1);
    desk.nanos = nanos;
    assert.equal(desk.status, 0);
  });

  it('erases all of itself', () => {
    const desk = new Desk();
    desk.memory.fill(0);
    desk.write(0xc7);
    assert.ok(desk.memory.every((byte) => byte === 0xff));
    desk.nanos = 5e9 - 1;
    assert.equal(desk.status, 1);
  });

  it('writes nothing that was not allowed just before', () => {
    const desk = new Desk();
    desk.send([0x02, 0, 0, 0, 1]);
    desk.send([0x06]);
    assert.equal(desk.status, 2);
    desk.send([0x04]);
    assert.equal(desk.status, 0);
    desk.send([0x02, 0, 0, 0, 1]);
    desk.write(0x02, 0, 0, 0, 0xfe);
    desk.nanos += 1e6;
    desk.send([0x02, 0, 0, 0, 1]);
    assert.deepEqual(desk.read(0, 1), [0xfe]);
  });

  it('only tells its status while it is busy', () => {
    const desk = new Desk();
    desk.write(0x02, 0, 0, 0, 0);
    assert.deepEqual([...desk.read(0, 1), ...desk.send([0x9f], 1)], [0xff, 0xff]);
    desk.write(0x20, 0, 0, 0);
    desk.nanos += 400e3;
    assert.deepEqual(desk.read(0, 1), [0]);
  });

  it('suspends an erase, and goes on with it', () => {
    const desk = new Desk();
    const suspended = (): number => (desk.send([0x35], 1)[0] as number) >> 7;
    desk.memory.set([7], 0x5000);
    desk.write(0x20, 0, 0, 0);
    desk.nanos += 10e6;
    desk.send([0x75]);
    assert.deepEqual([desk.status, suspended()], [1, 0]);
    desk.nanos += 20e3;
    assert.deepEqual([desk.status, suspended()], [0, 1]);
    assert.deepEqual(desk.read(0x5000, 1), [7]);
    desk.write(0x20, 0, 0x50, 0); // not now
    assert.deepEqual([...desk.read(0x5000, 1), suspended()], [7, 1]);
    desk.nanos += 1e9;
    desk.send([0x7a]);
    assert.deepEqual([desk.status & 1, suspended()], [1, 0]);
    desk.send([0x75]); // too soon
    desk.nanos += 45e6 - 10e6 - 20e3 - 1;
    assert.deepEqual([desk.status & 1, suspended()], [1, 0]);
    desk.send([0x75]); // too late
    desk.nanos += 1;
    assert.deepEqual([desk.status & 1, suspended()], [0, 0]);
    desk.send([0x7a]);
    assert.equal(desk.status & 1, 0);
  });

  it('suspends a program, and not an erase of all of itself', () => {
    const desk = new Desk();
    desk.write(0x02, 0, 0, 0, 1);
    desk.nanos += 100e3;
    desk.send([0x75]);
    desk.nanos += 20e3;
    assert.deepEqual(desk.read(0, 1), [1]);
    desk.send([0x7a]);
    desk.nanos += 280e3;
    desk.write(0xc7);
    desk.send([0x75]);
    desk.nanos += 1e9;
    assert.equal(desk.status & 1, 1);
  });

  it('keeps its second status register, with quad enabled', () => {
    const desk = new Desk();
    assert.deepEqual(desk.send([0x35], 1), [2]);
    desk.write(0x01, 0, 0);
    assert.equal(desk.chip.hasQuad, false);
    desk.nanos += 10e6;
    desk.write(0x31, 2);
    assert.equal(desk.chip.hasQuad, true);
  });

  it('sleeps until it is woken', () => {
    const desk = new Desk();
    desk.memory.set([9], 0);
    desk.send([0xb9]);
    assert.equal(desk.chip.canBeRead, false);
    assert.deepEqual(desk.read(0, 1), [0xff]);
    desk.send([0xab]);
    assert.deepEqual(desk.read(0, 1), [9]);
  });

  it('takes commands for addresses in continuous read, until it gets ones', () => {
    const desk = new Desk();
    desk.chip.isContinuous = true;
    assert.deepEqual(desk.send([0x9f], 1), [0xff]);
    desk.send([0xff]);
    assert.deepEqual(desk.send([0x9f], 1), [0xef]);
  });
});
