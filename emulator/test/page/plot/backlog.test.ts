import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Backlog } from '../../../page/src/plot/backlog.js';

const PIECES = { ends: new Uint32Array(), nanos: new Float64Array(), uarts: new Int8Array() };

function add(backlog: Backlog, text: string, boot = 1, droppedConsole = 0): void {
  backlog.add({ boot, console: new TextEncoder().encode(text), consolePieces: PIECES, droppedConsole });
}

/** What is handed over, with a gap as `~`. */
function taken(backlog: Backlog): string {
  return backlog.take().map(({ bytes, isAfterGap }) => (isAfterGap ? '~' : '') + new TextDecoder().decode(bytes)).join(' ');
}

describe('what is kept of the console for the plot', () => {
  it('is handed over once', () => {
    const backlog = new Backlog(100);
    for (const text of ['a', '', 'b']) add(backlog, text);
    assert.deepEqual([taken(backlog), taken(backlog)], ['a b', '']);
  });

  it('is the newest, and it is known that something is missing', () => {
    const backlog = new Backlog(10);
    for (const text of ['aaaa', 'bbbb', 'cccc', 'dddd']) add(backlog, text);
    assert.equal(taken(backlog), '~cccc dddd');
    add(backlog, 'e'.repeat(11));
    add(backlog, 'f');
    add(backlog, 'g');
    assert.equal(taken(backlog), '~f g');
  });

  it('tells what came too fast, and what was cleared', () => {
    const backlog = new Backlog(100);
    add(backlog, 'a');
    add(backlog, '', 1, 5);
    add(backlog, 'b');
    add(backlog, 'c', 1, 5);
    assert.equal(taken(backlog), 'a ~b ~c');
    backlog.clear();
    add(backlog, 'd');
    backlog.clear();
    add(backlog, 'e');
    assert.equal(taken(backlog), '~e');
  });

  it('is of one board only', () => {
    const backlog = new Backlog(100);
    add(backlog, 'a');
    add(backlog, '', 1, 5);
    add(backlog, 'b', 2);
    assert.equal(taken(backlog), 'b');
  });
});
