import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { ConsoleReader } from '../../../page/src/plot/console-reader.js';

/** What a reader makes of pieces, each with the UART and the time in nanoseconds. */
function read(reader: ConsoleReader, ...pieces: readonly (readonly [text: string, nanos: number, uart?: number])[]): string[] {
  const texts = pieces.map(([text]) => new TextEncoder().encode(text));
  const bytes = Uint8Array.from(texts.flatMap((text) => [...text]));
  let end = 0;
  const lines = reader.read(bytes, {
    ends: Uint32Array.from(texts, ({ length }) => (end += length)),
    nanos: Float64Array.from(pieces, ([, nanos]) => nanos),
    uarts: Int8Array.from(pieces, ([, , uart]) => uart ?? 0),
  });
  return lines.map(({ text, nanos, uart }) => `${uart} at ${nanos}: ${text.trim()}`);
}

describe('the lines of the console', () => {
  it('have the time of their line feed', () => {
    assert.deepEqual(read(new ConsoleReader(), ['x=1\n', 5], ['y=2\r\n', 7, -1]), ['0 at 5: x=1', '-1 at 7: y=2']);
  });

  it('are put together of what is in several frames, for each UART', () => {
    const reader = new ConsoleReader();
    assert.deepEqual(read(reader, ['temper', 5], ['x=', 6, 1]), []);
    assert.deepEqual(read(reader, ['ature: ', 8]), []);
    assert.deepEqual(read(reader, ['1\n', 9, 1], ['23.5\n', 10], ['2\n', 11]), ['1 at 9: x=1', '0 at 10: temperature: 23.5', '0 at 11: 2']);
  });

  it('are left out where their start is not there', () => {
    const reader = new ConsoleReader();
    read(reader, ['x=1', 5], ['y=', 6, 1]);
    reader.skip();
    assert.deepEqual(read(reader, ['2', 7], ['3\n', 8], ['4\n', 9], ['5\n', 10, 1], ['6\n', 11, 1]), ['0 at 9: 4', '1 at 11: 6']);
    read(reader, ['x=', 12]);
    reader.clear();
    assert.deepEqual(read(reader, ['7\n', 13], ['8\n', 14, 1]), ['0 at 13: 7', '1 at 14: 8']);
  });

  it('are left out if they are too long, up to their end', () => {
    const reader = new ConsoleReader();
    for (let count = 0; count < 2000; count++) assert.deepEqual(read(reader, ['123 ', count]), []);
    assert.deepEqual(read(reader, ['4\n', 1], ['5\n', 2], [`${'6 '.repeat(600)}\n`, 3], ['7\n', 4]), ['0 at 2: 5', '0 at 4: 7']);
  });
});
