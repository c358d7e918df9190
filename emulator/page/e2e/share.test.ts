import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type BoardPage, until, usePages } from './board-page.js';
import { serveDemo } from './demo-server.js';

const BLINK = '#example=01_blink';
const BOARD = '{ "parts": [{ "id": "lamp", "type": "led", "pin": "GP16", "label": "Shared lamp" }] }';
const EDIT = '// Shared: ✓\n';

let demo: ChildProcess;
let address = '';

const openStatic = usePages();
const open = usePages(() => address);

beforeAll(async () => {
  ({ server: demo, address } = await serveDemo(inject('site')));
});
afterAll(() => void demo.kill());

/** Opens an example, and types before all of its source. */
async function edit(example: string, typed: string): Promise<BoardPage> {
  const board = await open(example);
  await board.page.click('#edit');
  await board.page.locator('.cm-content').focus();
  await board.page.keyboard.press('Control+Home');
  await board.page.keyboard.insertText(typed);
  await until(async () => /\(edited\)$/.test(await board.chosen()), 'the edit');
  return board;
}

const choose = ({ page }: BoardPage, ...files: readonly (readonly [name: string, content: Buffer | string])[]): Promise<void> =>
  page.locator('#file').setInputFiles(files.map(([name, content]) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) })));

/** What comes after the address of the page in the link that is copied. */
async function link({ page }: BoardPage): Promise<string> {
  await page.locator('#share', { hasText: /^Share$/ }).click();
  await page.locator('#share', { hasText: 'Copied' }).waitFor();
  const url = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  return url.hash;
}

/** The file that is saved. */
async function file({ page }: BoardPage): Promise<{ readonly name: string; readonly content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#share')]);
  return { name: download.suggestedFilename(), content: Buffer.concat(await (await download.createReadStream()).toArray() as Buffer[]) };
}

describe('a shared link', () => {
  it('has the edits and the board, which nobody compiles unasked', async () => {
    const board = await edit(BLINK, EDIT);
    await choose(board, ['lamp.board.json', BOARD]);
    await board.page.locator('.part-label', { hasText: 'Shared lamp' }).waitFor();
    const hash = await link(board);
    assert.match(hash, /^#shared=[\w-]{100,4000}$/);

    let compilations = 0;
    const other = await open(hash, {}, async (page) => void (await page.route('**/compile', (route) => (compilations++, route.continue()))));
    await other.page.locator('.part-label', { hasText: 'Shared lamp' }).waitFor();
    await other.waitForText(other.page.locator('.cm-content'), /^\/\/ Shared: ✓/);
    await other.waitForText(other.page.locator('#edit-state'), /^Your edits are kept here, and not compiled yet\.$/);
    assert.equal(await other.chosen(), '1. A coroutine (edited)');
    await other.reach(0.05);
    assert.equal(compilations, 0);
    // What somebody has got can be passed on.
    assert.equal(await link(other), hash);
  });

  it('leaves edits of one\'s own as they are', async () => {
    const hash = await link(await edit(BLINK, EDIT));
    const other = await edit(BLINK, '// Mine\n');
    await other.page.evaluate((hash) => (location.hash = hash), hash);
    assert.match(await other.message('of your own'), /^You have edits of your own of "1\. A coroutine", which stay\./);
    await other.waitForText(other.page.locator('.cm-content'), /^\/\/ Mine/);
  });

  it('leaves a board of one\'s own as it is, and the boards of other programs', async () => {
    const board = await openStatic(BLINK);
    await choose(board, ['lamp.board.json', BOARD]);
    await board.page.locator('.part-label', { hasText: 'Shared lamp' }).waitFor();
    const hash = await link(board);

    const other = await openStatic(BLINK);
    await other.page.click('#edit-board');
    await other.page.locator('#part-add').click();
    await other.page.locator('.part-led').waitFor();
    await other.page.evaluate(() => (location.hash = '#example=04_interval'));
    await expect.poll(() => other.chosen()).toMatch(/^4\./);
    const others = await other.page.locator('.part-label').allTextContents();
    await other.page.evaluate((hash) => (location.hash = hash), hash);
    assert.match(await other.message('of your own'), /^You have a board of your own for "01_blink", which stays\./);
    await expect.poll(() => other.page.locator('.part-label').allTextContents()).toEqual(['Button', 'LED']);

    await other.page.click('#board-anew');
    await other.page.evaluate(() => (location.hash = '#example=01_blink'));
    await other.page.evaluate((hash) => (location.hash = hash), hash);
    await other.page.locator('.part-label', { hasText: 'Shared lamp' }).waitFor();
    await other.page.evaluate(() => (location.hash = '#example=04_interval'));
    await expect.poll(() => other.page.locator('.part-label').allTextContents()).toEqual(others);
  });

  it('shows the edits where there is no compiler, and says that they do not run', async () => {
    const hash = await link(await edit(BLINK, EDIT));
    const other = await openStatic(hash);
    assert.match(await other.message('do not run'), /this page has no compiler\. Open the link with \.\/uasync demo/);
    await other.waitForText(other.page.locator('#source-cpp'), /Shared: ✓/);
    await other.reach(0.1);
    assert.equal(await other.page.locator('#source-cpp [data-tasks]').count(), 0);
    assert.equal(await link(other), hash);
    await other.page.locator('#example').selectOption('04_interval');
    await expect.poll(() => other.page.locator('#source-cpp [data-tasks]').count()).toBeGreaterThan(0);
  });

  it('that is damaged is refused, and all goes on', async () => {
    const board = await openStatic(BLINK);
    await board.page.evaluate(() => (location.hash = 'shared=abc'));
    assert.equal(await board.message('cannot be read'), 'The link cannot be read: it is damaged, or not complete.');
    assert.equal(await board.state(), 'running');
    const whole = await link(await edit(BLINK, EDIT));
    await board.page.evaluate((hash) => (location.hash = hash), whole.slice(0, -9));
    assert.match(await board.message('cannot be read'), /^The link cannot be read/);
    assert.equal(await board.chosen(), '1. A coroutine');
  });
});

describe('what has no room in a link', () => {
  it('is saved as a file, which runs where it is dropped', async () => {
    const board = await openStatic(BLINK);
    const image = await readFile(join(inject('site'), 'examples', '04_interval.elf'));
    await choose(board, ['mine.elf', image], ['lamp.board.json', BOARD]);
    await board.waitForText(board.page.locator('#shows'), /^mine\.elf, a file of your own/);
    const { name, content } = await file(board);
    assert.equal(name, 'mine.uasync.json');
    assert.match(await board.message(name), /^No link can carry a firmware, so it was saved as mine\.uasync\.json/);

    const other = await openStatic(BLINK);
    await choose(other, [name, content]);
    await other.waitForText(other.page.locator('#shows'), /^mine\.elf, which was shared with you\.$/);
    await other.page.locator('.part-label', { hasText: 'Shared lamp' }).waitFor();
    await other.reach(0.1);
  });

  it('is edited text that is too long, with what was compiled of it', async () => {
    let state = 1;
    const random = (): string => String.fromCharCode(0x30 + ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) >>> 26));
    const noise = Array.from({ length: 30 }, () => `// ${Array.from({ length: 400 }, random).join('')}\n`).join('');
    const { name, content } = await file(await edit(BLINK, EDIT + noise));
    assert.equal(name, '01_blink.uasync.json');
    const shared = JSON.parse(content.toString()) as { sources: Record<string, string>; image?: string };
    assert.ok(shared.sources['01_blink.cpp']?.startsWith(EDIT));
    assert.equal(shared.image, undefined, 'what runs is not what is edited');

    const image = await readFile(join(inject('site'), 'examples', '06_race.elf'));
    const { pack, unpack } = await import('../src/share/compressed.js');
    const other = await openStatic(BLINK);
    await choose(other, [name, JSON.stringify({ ...shared, image: await pack(image) })]);
    await other.waitForText(other.page.locator('#source-cpp'), /Shared: ✓/);
    assert.deepEqual(await other.waitForLines(2), ['without a lock: 1000 of 2000', 'with a lock: 2000 of 2000']);
    const again = JSON.parse((await file(other)).content.toString()) as typeof shared;
    assert.deepEqual(again.sources, shared.sources);
    assert.ok(image.equals(await unpack(again.image ?? '', 20e6)), 'what runs is passed on, too');
  });

  it('cannot pass another firmware off as an example', async () => {
    const { pack } = await import('../src/share/compressed.js');
    const image = await pack(await readFile(join(inject('site'), 'examples', '06_race.elf')));
    const board = await openStatic('#example=04_interval');
    await choose(board, ['blink.uasync.json', JSON.stringify({ uasync: 1, program: '01_blink', sources: { 'other.cpp': '' }, image })]);
    await expect.poll(() => board.chosen()).toBe('1. A coroutine');
    await board.reach(0.6);
    assert.deepEqual(await board.lines(), []);
  });

  it('has nothing of a program of one\'s own that has the same name', async () => {
    const { pack } = await import('../src/share/compressed.js');
    const image = await pack(await readFile(join(inject('site'), 'examples', '04_interval.elf')));
    const board = await open(BLINK, {}, async (page) => void await page.addInitScript(() => sessionStorage.setItem('uasync-draft:app:main.cpp', '// Mine')));
    await choose(board, ['app.uasync.json', JSON.stringify({ uasync: 1, program: 'app', sources: { 'main.cpp': '// Theirs' }, image })]);
    await board.waitForText(board.page.locator('#source-cpp'), /Theirs/);
    const { content } = await file(board);
    assert.deepEqual((JSON.parse(content.toString()) as { sources: unknown }).sources, { 'main.cpp': '// Theirs' });
  });

  it('is refused with its name if it is damaged', async () => {
    const board = await openStatic(BLINK);
    await choose(board, ['bad.uasync.json', '{"uasync": 1, "program": "01_blink"']);
    assert.match(await board.message('bad.uasync.json'), /^bad\.uasync\.json cannot be read: it is not JSON/);
    assert.equal(await board.state(), 'running');
  });
});
