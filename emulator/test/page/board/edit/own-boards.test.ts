import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { Keeper } from '../../../../page/src/edit/drafts.js';
import { OwnBoards } from '../../../../page/src/board/edit/own-boards.js';
import { boardOf, PLAIN_BOARD } from '../../../../page/src/files.js';

const lamp = boardOf('lamp.json', '{ "parts": [{ "id": "lamp", "type": "led", "pin": "GP16" }] }');
const edited = boardOf('a.elf', '{ "parts": [{ "id": "lamp", "type": "led", "pin": "GP2" }] }');

/** As sessionStorage. */
function keeperWith(items: readonly (readonly [string, string])[] = []): Keeper {
  const kept = new Map(items);
  return {
    get length() {
      return kept.size;
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

describe('a board in the place of a program\'s own', () => {
  it('is for all programs if it was given, and for one if it was edited', () => {
    const boards = new OwnBoards(undefined);
    assert.equal(boards.of('a.elf'), undefined);
    boards.give(lamp, 'a.elf');
    boards.edit('a.elf', edited, PLAIN_BOARD);
    assert.deepEqual([boards.of('a.elf'), boards.of('b.elf')], [edited, lamp]);
    // What is given comes after what was edited.
    boards.give(lamp, 'a.elf');
    assert.deepEqual([boards.of('a.elf'), boards.of('b.elf')], [lamp, lamp]);
  });

  it('is for its program only if somebody else has shared it, and leaves what was edited', () => {
    const keeper = keeperWith();
    const boards = new OwnBoards(keeper);
    assert.equal(boards.share(lamp, 'a.elf'), true);
    assert.deepEqual([boards.of('a.elf'), boards.of('b.elf')], [lamp, undefined]);
    assert.equal(keeper.length, 0);
    assert.equal(boards.share(undefined, 'a.elf'), true);
    assert.equal(boards.of('a.elf'), undefined);
    boards.edit('a.elf', edited, PLAIN_BOARD);
    assert.equal(boards.share(lamp, 'a.elf'), false);
    assert.deepEqual([boards.of('a.elf'), new OwnBoards(keeper).of('a.elf')], [edited, edited]);
    assert.equal(boards.share(boardOf('', `${edited.text}\n`), 'a.elf'), true, 'it is the same');
    assert.equal(boards.share(undefined, 'a.elf'), true);
    assert.deepEqual(boards.of('a.elf'), edited);
    // The program's own takes the place of both.
    boards.share(lamp, 'a.elf');
    boards.edit('a.elf', PLAIN_BOARD, PLAIN_BOARD);
    assert.equal(boards.of('a.elf'), undefined);
    // One that is given comes last, and is not lost by one that is shared.
    boards.share(edited, 'a.elf');
    boards.give(lamp, 'b.elf');
    assert.deepEqual([boards.of('a.elf'), boards.of('b.elf')], [edited, lamp]);
    boards.give(lamp, 'a.elf');
    assert.equal(boards.of('a.elf'), lamp);
  });

  it('is none any more once it is edited until it is the program\'s own', () => {
    const boards = new OwnBoards(undefined);
    boards.give(lamp, 'a.elf');
    boards.edit('a.elf', edited, PLAIN_BOARD);
    boards.edit('a.elf', boardOf('', `${PLAIN_BOARD.text}\n`), PLAIN_BOARD);
    assert.deepEqual([boards.of('a.elf'), boards.of('b.elf')], [undefined, undefined]);
  });

  it('is kept when the page is loaded anew, if it was edited', () => {
    const keeper = keeperWith([['uasync-draft:a:a.cpp', 'x'], ['uasync-board:old.elf', '{ "parts": [{ "type": "gone" }] }']]);
    const boards = new OwnBoards(keeper);
    boards.edit('a.elf', edited, PLAIN_BOARD);
    boards.edit('b.elf', edited, PLAIN_BOARD);
    boards.edit('b.elf', PLAIN_BOARD, PLAIN_BOARD);
    boards.give(lamp, 'c.elf');
    const again = new OwnBoards(keeper);
    assert.deepEqual(again.of('a.elf'), edited);
    assert.deepEqual(['b.elf', 'c.elf', 'old.elf', 'a:a.cpp'].map((name) => again.of(name)), [undefined, undefined, undefined, undefined]);
  });

  it('is kept until the page is left where the browser keeps nothing', () => {
    const full = { ...keeperWith(), setItem: () => assert.fail('no room') };
    const boards = new OwnBoards(full);
    boards.edit('a.elf', edited, PLAIN_BOARD);
    assert.equal(boards.of('a.elf'), edited);
  });
});
