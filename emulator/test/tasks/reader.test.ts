import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Type } from '../../src/firmware/dwarf/debug-info.js';
import type { Image } from '../../src/firmware/image.js';
import { SymbolTable } from '../../src/firmware/symbols.js';
import { TaskReader, WaitState } from '../../src/tasks/reader.js';

const RAM = 0x20000000;
const LOOP_POINTER = RAM;
const LOOP = RAM + 0x10;
const LEVELS = RAM + 0x20;
const ACTOR = 0x10000100;

// Where the descriptor below says that things are.
const AT = { current: 0, first: 4, last: 8, next: 0, waited: 4, low: 8, high: 12, state: 16, leaf: 20, allNext: 24, name: 28 } as const;
const ABSENT = 0xff;

/** A firmware with one coroutine, and nothing in its RAM. */
function firmware(frame?: Type, more: readonly number[] = []): { image: Image; put: (address: number, ...words: number[]) => void; reader: () => TaskReader } {
  const text = (characters: string): number[] => [...characters].map((character) => character.charCodeAt(0));
  const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
  const offsets = [AT.current, AT.first, AT.last, 32, AT.next, AT.waited, AT.low, AT.high, AT.state, AT.leaf, AT.allNext, AT.name, ABSENT, ABSENT, 4, 4, 0, 0, 4];
  const constants = [...text('uasync\n'), 1, ...word(LOOP_POINTER), ...offsets, 0, ...text('uasync\v'), 1, ...word(LEVELS), ...more];
  const debug = frame && { structure: () => frame, globals: [], functionNameAt: () => 'f', placeOf: () => undefined };
  const image: Image = {
    segments: [{ address: 0x10000000, bytes: Uint8Array.from(constants) }],
    symbols: new SymbolTable([{ address: ACTOR, size: 0x1000, name: '_Z1fv.actor' }]),
    objects: new SymbolTable([]),
    words: new Uint8Array(),
    debug: debug as unknown as Image['debug'],
  };
  const ram = new DataView(new ArrayBuffer(264 * 1024));
  const memory = {
    bytes: (address: number, length: number) => (address >= RAM && address + length <= RAM + ram.byteLength ? new Uint8Array(ram.buffer, address - RAM, length) : undefined),
    word: (address: number) => (address >= RAM && address + 4 <= RAM + ram.byteLength ? ram.getUint32(address - RAM, true) : undefined),
    byte: (address: number) => memory.bytes(address, 1)?.[0],
  };
  const put = (address: number, ...words: number[]): void => words.forEach((value, index) => ram.setUint32(address - RAM + 4 * index, value, true));
  put(LOOP_POINTER, LOOP);
  return { image, put, reader: () => new TaskReader(image, memory) };
}

/** Runs it with a limit of the processor's time. */
function inTime<Result>(action: () => Result, seconds = 3): Result {
  const start = process.cpuUsage();
  const result = action();
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1e6 < seconds, `${(user + system) / 1e6} s`);
  return result;
}

/** Puts a task into RAM. */
function task(put: (address: number, ...words: number[]) => void, address: number, { leaf = 0, next = 0, state = 1, waited = 0, name = 0 }): void {
  put(address, 0, waited, 0, 0, state, leaf, next, name);
}

describe('the reader of tasks', () => {
  it('ends where a list of tasks leads back to itself', () => {
    const { put, reader } = firmware();
    put(LOOP + AT.first, RAM + 0x100);
    task(put, RAM + 0x100, { next: RAM + 0x200 });
    task(put, RAM + 0x200, { next: RAM + 0x100 });
    assert.deepEqual(reader().addresses(LOOP), [RAM + 0x100, RAM + 0x200]);
    assert.equal(reader().read().length, 2);
  });

  it('ends where a list of loops leads back to itself', () => {
    const older = 12;
    const { put, reader } = firmware(undefined, [...'uasync\f'].map((character) => character.charCodeAt(0)).concat(1, older, 16, ABSENT));
    const [other, first] = [RAM + 0x80, RAM + 0x100];
    for (const [loop, next] of [[LOOP, other], [other, LOOP]] as const) put(loop, 0, first, 0, next, 0);
    for (let index = 0; index < 3000; index++) task(put, first + 32 * index, { next: first + 32 * (index + 1) });
    assert.deepEqual(reader().loops(), [other, LOOP]);
    assert.equal(inTime(() => reader().read()).length, 4096);
  });

  it('ends where a chain of coroutines leads back to itself, for as many tasks as there are', () => {
    const { put, reader } = firmware();
    const [first, count] = [RAM + 0x100, 4094];
    const frame = RAM + 0x40000;
    put(LOOP + AT.first, first);
    for (let index = 0; index < count; index++) task(put, first + 32 * index, { leaf: frame, next: index + 1 < count ? first + 32 * (index + 1) : 0 });
    put(frame, ACTOR | 1, 0, frame | 1); // it awaits itself
    const records = inTime(() => reader().read());
    assert.equal(records.length, count);
    assert.equal(records[0]?.coroutines.length, 1);
  });

  it('looks at no more coroutines than there can be, though each task has a chain that never repeats', () => {
    const { put, reader } = firmware();
    const [first, count] = [RAM + 0x100, 1000];
    const [frames, depth] = [RAM + 0x10000, 4000];
    put(LOOP + AT.first, first);
    for (let index = 0; index < count; index++) task(put, first + 32 * index, { leaf: frames, next: index + 1 < count ? first + 32 * (index + 1) : 0 });
    for (let index = 0; index < depth; index++) put(frames + 16 * index, ACTOR | 1, 0, index + 1 < depth ? (frames + 16 * (index + 1)) | 1 : 0);
    const records = inTime(() => reader().read());
    assert.ok(records.reduce((sum, { coroutines }) => sum + coroutines.length, 0) <= 4096);
    assert.equal(records[0]?.coroutines.length, depth);
  });

  it('ends where the holders of locks wait for each other, and where a list of levels leads back to itself', () => {
    const { put, reader } = firmware();
    const [a, b, lock, level] = [RAM + 0x100, RAM + 0x200, RAM + 0x300, RAM + 0x400];
    put(LOOP + AT.first, a);
    task(put, a, { next: b, state: WaitState.acquiring, waited: lock });
    task(put, b, { state: WaitState.acquiring, waited: lock + 8 });
    put(lock, 0, b, 0, a);
    put(LEVELS, level);
    put(level, a, level, 3);
    assert.deepEqual(inTime(() => reader().read()).map(({ heldBy, level: own }) => [heldBy, own]), [['?', 3], ['?', 3]]);
  });

  it('looks at each type once, though types contain each other', () => {
    const hydra: { name: string; size: number; members: unknown[]; target: undefined } = { name: 'Hydra', size: 64, members: [], target: undefined };
    const other = { ...hydra, name: 'Other', members: hydra.members };
    for (let head = 0; head < 100; head++) hydra.members.push({ name: head % 2 ? '' : `head${head}`, offset: 0, type: head % 3 ? hydra : other });
    const frame = {
      name: 'Frame', size: 64, target: undefined,
      members: [{ name: '_Coro_resume_index', offset: 12, type: { name: 'short', size: 2, members: [], target: undefined } }, { name: 'Aw0_1', offset: 16, type: hydra }, { name: 'x_1_2', offset: 32, type: hydra }],
    } as unknown as Type;
    const { put, reader } = firmware(frame);
    const [address, leaf] = [RAM + 0x100, RAM + 0x800];
    put(LOOP + AT.first, address);
    task(put, address, { leaf, waited: leaf + 33 });
    put(leaf, ACTOR | 1, 0, 0, 4);
    const [record] = inTime(() => reader().read());
    assert.equal(record?.deadline, undefined);
    assert.equal(record?.waitsFor, 'Hydra');
  });

  it('finds the timer of an awaiter wherever it is', () => {
    const type = (name: string, ...members: unknown[]): unknown => ({ name, size: 32, members, target: undefined });
    const timer = { name: 'timer', offset: 4, type: type('LoopCallback') };
    const awaiter = type('Awaiter', { name: 'other', offset: 0, type: type('Other') }, { name: 'inner', offset: 8, type: type('Inner', timer) });
    const index = { name: '_Coro_resume_index', offset: 12, type: { name: 'short', size: 2, members: [], target: undefined } };
    const { put, reader } = firmware(type('Frame', index, { name: 'Aw0_1', offset: 16, type: awaiter }) as Type);
    const [address, leaf] = [RAM + 0x100, RAM + 0x800];
    put(LOOP + AT.first, address);
    task(put, address, { leaf });
    put(leaf, ACTOR | 1, 0, 0, 4);
    put(leaf + 16 + 8 + 4, 0, 0, 1000, 0, WaitState.callback);
    assert.equal(reader().read()[0]?.deadline, 1e6);
  });

  it('gives names that do nothing to a terminal', () => {
    const { put, reader } = firmware();
    put(LOOP + AT.first, RAM + 0x100);
    task(put, RAM + 0x100, { name: RAM + 0x200 });
    put(RAM + 0x200, 0x1bc3a9c3, 0x4a325b); // "éé" is split by an escape: c3 a9 c3 1b
    assert.equal(reader().nameOf(RAM + 0x100), 'é\ufffd\\u001b[2J');
  });
});
