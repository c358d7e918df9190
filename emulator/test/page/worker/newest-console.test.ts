import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { NewestConsole } from '../../../page/src/worker/newest-console.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const line = (words: string, nanos = 0, uart: number | null = 0) => ({ bytes: new TextEncoder().encode(words), nanos, uart });

describe('what is handed over of the console', () => {
  it('has the end, the time and the UART of each piece', () => {
    const console = new NewestConsole(100);
    console.push(line('one\n', 5));
    console.push(line('two', 7, null));
    const { bytes, pieces, dropped } = console.take();
    assert.deepEqual([text(bytes), dropped], ['one\ntwo', 0]);
    assert.deepEqual([[...pieces.ends], [...pieces.nanos], [...pieces.uarts]], [[4, 7], [5, 7], [0, -1]]);
    assert.deepEqual([console.take().bytes.length, console.take().pieces.ends.length], [0, 0]);
  });

  it('is the newest, in whole pieces', () => {
    const console = new NewestConsole(20);
    for (let index = 100; index < 1000; index++) console.push(line(`${index}\n`, index));
    const { bytes, pieces, dropped } = console.take();
    assert.deepEqual([text(bytes), dropped, [...pieces.nanos]], ['995\n996\n997\n998\n999\n', 895 * 4, [995, 996, 997, 998, 999]]);
    console.push(line('12345678901\n'));
    console.push(line('123456789\n'));
    assert.deepEqual([console.take()].map(({ bytes, dropped }) => [text(bytes), dropped]), [['123456789\n', 12]]);
    assert.equal(console.take().dropped, 0);
  });

  it('is the end of a piece that is too long', () => {
    const console = new NewestConsole(10);
    console.push(line('one\n'));
    console.push(line('two 1234567890', 3));
    const { bytes, pieces, dropped } = console.take();
    assert.deepEqual([text(bytes), dropped, [...pieces.ends]], ['1234567890', 8, [10]]);
  });
});
