import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Locator, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { violations } from './axe.js';
import { type BoardPage, until, usePages } from './board-page.js';
import { serveDemo } from './demo-server.js';
import { picture } from './picture.js';

const BLINK = '#example=01_blink';
/** Seconds from the wish to the program that runs: it takes two, and a machine may be busy with something else. */
const QUICK = 10;

let demo: ChildProcess;
let address = '';
let folder = '';

const openStatic = usePages();
const open = usePages(() => address);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uasync-own-'));
  await copyFile(join(inject('site'), 'examples', '01_blink.elf'), join(folder, 'mine.elf'));
  ({ server: demo, address } = await serveDemo(inject('site'), folder));
});
afterAll(async () => {
  demo.kill();
  await rm(folder, { recursive: true });
});

const state = ({ page }: BoardPage): Locator => page.locator('#edit-state');
const text = ({ page }: BoardPage): Locator => page.locator('.cm-content');
const messages = ({ page }: BoardPage): Promise<string[]> => page.locator('#messages > li').allInnerTexts();

/** Opens an example, and its source in the editor. */
async function edit(example: string, ...more: Parameters<typeof open> extends [unknown?, ...infer R] ? R : never): Promise<BoardPage> {
  const board = await open(example, ...more);
  await board.page.click('#edit');
  await text(board).waitFor();
  return board;
}

/** Puts a text before all others, as somebody who types does. */
async function typeFirst({ page }: BoardPage, typed: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.insertText(typed);
}

/** The whole source is another. */
async function replaceAll({ page }: BoardPage, source: string): Promise<void> {
  await page.locator('.cm-content').focus();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(source);
}

/** What is on the console, which has to be in view to be drawn. */
async function lines(board: BoardPage, count: number): Promise<string[]> {
  await board.page.locator('#console').scrollIntoViewIfNeeded();
  return board.waitForLines(count);
}

/** Has the server answer with this. */
async function answer({ page }: BoardPage, said: object, status = 200): Promise<void> {
  await page.unroute('**/compile');
  await page.route('**/compile', (route) => route.fulfill({ status, json: { problem: '', text: '', messages: [], seconds: 0, ...said } }));
}

const HELLO = `#include <uasync/uasync.hpp>
#include <uasync/board.hpp>

using namespace uasync;

Coro<> async_main() {
    print("edited\\n");
    while (true) {
        co_await sleep_ms(100);
    }
}

int main() { run(async_main()); }
`;

describe('a page of a web server', () => {
  it('has no editor, says why, and stays small without it', async () => {
    const responses: Response[] = [];
    const board = await openStatic(BLINK, {}, async (page) => void page.on('response', (response) => responses.push(response)));
    await board.reach(0.1);
    await board.waitForText(state(board), /^To edit it and run it again, open this page with \.\/uasync demo: that takes the compiler of your machine\.$/);
    assert.equal(await board.page.locator('#edit').isVisible(), false);
    const parts = responses.filter((response) => !response.url().includes('/examples/') && response.url().startsWith('http'));
    assert.deepEqual(parts.filter((response) => /editor/.test(response.url())).map((response) => response.url()), []);
    const sizes = await Promise.all(parts.map(async (response) => gzipSync(await response.body()).length));
    assert.ok(parts.length >= 3, `only ${parts.length} parts`);
    const size = sizes.reduce((sum, one) => sum + one, 0);
    assert.ok(size <= 500_000, `the page has ${size} bytes`);
  });
});

describe('an edited source', () => {
  it('is compiled and run, quickly, and its lines have the tasks', async () => {
    const board = await edit(BLINK);
    await replaceAll(board, HELLO.replace('sleep_ms', 'slep_ms'));
    await board.page.keyboard.press('Control+Enter');
    await board.waitForText(state(board), /^The compiler found 1 error\. The program before still runs\.$/);
    assert.deepEqual(await messages(board), ["error line 9: 'slep_ms' was not declared in this scope"]);
    assert.equal(await board.page.locator('.cm-gutter-lint .cm-lint-marker-error').count(), 1);
    assert.equal(await board.state(), 'running');
    await board.page.locator('#messages button').click();
    await board.page.keyboard.insertText('e'); // where the cursor is: at the word

    await replaceAll(board, HELLO);
    const start = performance.now();
    await board.page.click('#compile');
    await board.waitForText(state(board), /^Compiled in \d\.\d s\.$/);
    assert.deepEqual(await lines(board, 1), ['edited']);
    const seconds = (performance.now() - start) / 1000;
    console.log(`compiled and run in ${seconds.toFixed(1)} s`);
    assert.ok(seconds < QUICK, `${seconds} s`);
    assert.deepEqual(await messages(board), []);
    assert.equal(await board.page.locator('.cm-lint-marker').count(), 0);
    assert.equal(await board.chosen(), '1. A coroutine (edited)');

    const marked = board.page.locator('.cm-line[data-tasks]');
    await expect.poll(() => marked.allInnerTexts()).toEqual(['        co_await sleep_ms(100);']);
    assert.equal(await marked.getAttribute('data-tasks'), 'async_main');
    await typeFirst(board, '// one\n// two\n');
    await board.waitForText(state(board), /^Your edits are kept here, and not compiled yet\.$/);
    await board.page.waitForTimeout(300); // the tasks are told of again
    assert.deepEqual(await marked.allInnerTexts(), ['        co_await sleep_ms(100);']);
    // Its place among the tasks leads to the line, wherever that is now.
    await board.tasks.locator('button', { hasText: '01_blink.cpp:9' }).first().click();
    assert.deepEqual(await board.page.locator('.cm-line.shown').allInnerTexts(), ['        co_await sleep_ms(100);']);

    await board.page.click('#edit');
    assert.equal(await text(board).isVisible(), false);
    await board.waitForText(board.page.locator('#source-cpp'), /edited/); // what runs
    await board.waitForText(state(board), /^You have edited this program; Edit shows your edits\.$/);
  });

  it('that warns runs, and says it', async () => {
    const board = await edit(BLINK);
    await replaceAll(board, HELLO.replace('print(', 'int unused = 1;\n    print('));
    await board.page.click('#compile');
    await board.waitForText(state(board), /^Compiled in \d\.\d s\. There is 1 warning\.$/);
    assert.match((await messages(board)).join(), /^warning line 7: unused variable 'unused'/);
    await lines(board, 1);
  });

  it('stays when another program is chosen, or the page is loaded anew, until it is taken back', async () => {
    const board = await edit(BLINK);
    await typeFirst(board, '// my draft\n');
    await board.page.locator('#example').selectOption('06_race');
    await board.waitForText(text(board), /count_locked/);
    await board.waitForText(state(board), /^This is what runs\.$/);
    await board.page.locator('#example').selectOption('01_blink');
    await board.waitForText(text(board), /^\/\/ my draft/);
    await board.waitForText(state(board), /not compiled yet/);
    await board.page.reload();
    await board.waitForText(state(board), /^You have edited this program/);
    assert.equal(await board.chosen(), '1. A coroutine (edited)');
    await board.page.click('#edit');
    await board.waitForText(text(board), /^\/\/ my draft/);
    await board.page.click('#revert');
    await board.waitForText(text(board), /^\/\/ Step 1/);
    assert.equal(await board.chosen(), '1. A coroutine');
    assert.equal(await board.page.locator('#revert').isDisabled(), true);
    await board.page.locator('.cm-content').focus();
    await board.page.keyboard.press('Control+z'); // even that can be taken back
    await board.waitForText(text(board), /^\/\/ my draft/);
  });

  it('that runs is replaced by the program as it was', async () => {
    const board = await edit(BLINK);
    await replaceAll(board, HELLO);
    await board.page.click('#compile');
    await lines(board, 1);
    await board.page.click('#revert');
    await lines(board, 0);
    await board.waitForText(state(board), /^This is what runs\.$/);
  });

  it('is compiled as it is last, however often that is asked for', async () => {
    const board = await edit(BLINK);
    const asked: string[] = [];
    const waiting: (() => void)[] = [];
    await board.page.route('**/compile', async (route) => {
      asked.push(Object.values((route.request().postDataJSON() as { files: Record<string, string> }).files).join());
      await new Promise<void>((resolve) => waiting.push(resolve));
      await route.fulfill({ json: { problem: 'compile', text: `answer ${asked.length}`, messages: [], seconds: 0 } }).catch(() => undefined);
    });
    for (const line of ['// a', '// b', '// c']) {
      await replaceAll(board, line);
      await board.page.keyboard.press('Control+Enter');
    }
    await until(async () => waiting.length === 1, 'the first');
    await board.waitForText(state(board), /^Compiling…$/);
    waiting.shift()?.();
    await until(async () => waiting.length === 1, 'the second');
    waiting.shift()?.();
    await board.waitForText(state(board), /^answer 2$/);
    assert.deepEqual(asked, ['// a', '// c']);

    // Whoever chooses another program meanwhile wants that one.
    await board.page.keyboard.press('Control+Enter');
    await until(async () => waiting.length === 1, 'the third');
    await board.page.locator('#example').selectOption('06_race');
    await lines(board, 2);
    waiting.shift()?.();
    await board.waitForText(state(board), /^This is what runs\.$/);
  });
});

describe('a program of several files', () => {
  it('is edited one at a time, and compiled with all edits', async () => {
    const files = [
      { name: 'src/app.hpp', address: 'examples/02_create_task.cpp' },
      { name: '01_blink.cpp', address: 'examples/01_blink.cpp' },
    ];
    const listed = [{ name: '01_blink', title: 'Mine', summary: '', todo: '', image: 'examples/01_blink.elf', files, editable: true }];
    const board = await edit(BLINK, {}, async (page) => void (await page.route('**/examples.json', (route) => route.fulfill({ json: listed }))));
    const { page } = board;
    const choice = page.locator('#source-file');
    assert.equal(await choice.inputValue(), 'src/app.hpp');
    await typeFirst(board, '// header\n');
    await choice.selectOption('01_blink.cpp');
    await board.waitForText(text(board), /^\/\/ Step 1/);
    await typeFirst(board, '// source\n');

    let asked: unknown;
    const about = { kind: 'error', place: '', column: 4, notes: [] };
    const said = { problem: 'compile', text: '2 errors.', messages: [{ ...about, text: 'no', file: 'src/app.hpp', line: 1 }, { ...about, text: 'nor this', file: '01_blink.cpp', line: 2 }] };
    await page.route('**/compile', async (route) => {
      ({ files: asked } = route.request().postDataJSON() as { files: unknown });
      await route.fulfill({ json: { ...said, seconds: 0 } });
    });
    await page.keyboard.press('Control+Enter');
    await board.waitForText(state(board), /^2 errors\. The/);
    const starts = Object.entries(asked as Record<string, string>).map(([name, content]) => [name, content.split('\n')[0]]);
    assert.deepEqual(starts, [['src/app.hpp', '// header'], ['01_blink.cpp', '// source']]);
    assert.deepEqual(await messages(board), ['error src/app.hpp line 1: no', 'error 01_blink.cpp line 2: nor this']);
    const marked = page.locator('.cm-lintRange-error');
    assert.equal(await marked.innerText(), 'Step');

    // A message leads to its file, which has its own marks, and its own past.
    await page.locator('#messages button').first().click();
    assert.equal(await choice.inputValue(), 'src/app.hpp');
    assert.equal(await marked.innerText(), 'header');
    await page.keyboard.press('Control+z');
    await board.waitForText(text(board), /^\/\/ Step 2/);
    assert.equal(await board.chosen(), 'Mine (edited)'); // the other file is
    await page.click('#revert');
    assert.equal(await board.chosen(), 'Mine');
    await choice.selectOption('01_blink.cpp');
    await board.waitForText(text(board), /^\/\/ Step 1/);

    // So does the place of a task.
    await choice.selectOption('src/app.hpp');
    await board.tasks.locator('button', { hasText: '01_blink.cpp' }).first().click();
    assert.equal(await choice.inputValue(), '01_blink.cpp');
    assert.equal(await page.locator('.cm-line.shown').count(), 1);
  });
});

describe('what goes wrong', () => {
  it('is said in a sentence, and what was edited stays', async () => {
    const board = await edit(BLINK);
    await replaceAll(board, HELLO);
    const notes = [{ kind: 'note', text: 'declared here', place: 'include/a.hpp:7', file: '', line: null, column: null, notes: [] }];
    for (const [said, words, listed] of [
      [{ problem: 'tools', text: 'arm-none-eabi-g++, which the build uses, is not installed; end the demo.' }, /^arm-none-eabi-g\+\+/, []],
      [{ problem: 'time', text: 'The compiler was ended after 20 s.' }, /ended after 20 s/, []],
      [{ problem: 'size', text: 'The firmware is too big for the Pico.', messages: [{ kind: 'error', text: 'It needs more.', place: '', file: '', line: null, column: null, notes: [] }] }, /too big/, ['error: It needs more.']],
      [{ problem: 'compile', text: '1 error.', messages: [{ kind: 'error', text: 'no', place: 'include/a.hpp:5', file: '01_blink.cpp', line: 2, column: 3, notes }] }, /^1 error\. The program before still runs\.$/, ['error line 2 include/a.hpp:5: no\n1 note']],
    ] as const) {
      await answer(board, said);
      await board.page.click('#compile');
      await board.waitForText(state(board), words);
      assert.deepEqual(await messages(board), listed);
    }
    await board.page.locator('#messages summary').click();
    assert.match((await messages(board)).join(), /note include\/a\.hpp:7: declared here/);

    await board.page.unroute('**/compile');
    await board.page.route('**/compile', (route) => route.abort());
    await board.page.click('#compile');
    await board.waitForText(state(board), /^The server does not answer: start \.\/uasync demo again, and compile then\. Your edits stay\.$/);
    await board.page.unroute('**/compile');
    await board.page.click('#compile');
    assert.deepEqual(await lines(board, 1), ['edited']);
    board.problems.length = 0; // the browser tells of what was aborted
  });

  it('with a server that was started anew costs nothing', async () => {
    const board = await edit(BLINK, {}, async (page) => {
      await page.route(address, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.text()).replace(/(name="uasync-token" content=")[^"]*/, '$1of-the-server-before') });
      }, { times: 1 });
    });
    await replaceAll(board, HELLO);
    await board.page.click('#compile');
    assert.deepEqual(await lines(board, 1), ['edited']);
    assert.match(board.problems.splice(0).join(), /403/);
  });

  it('with the editor itself, too', async () => {
    const board = await open(BLINK, {}, async (page) => void (await page.route('**/assets/editor*', (route) => route.abort())));
    await board.page.click('#edit');
    await board.waitForText(state(board), /^The editor could not be loaded: is \.\/uasync demo still running\?$/);
    assert.equal(await board.page.locator('#source-cpp').isVisible(), true);
    board.problems.length = 0; // the browser tells of what was aborted
  });

  it('with an image that is none leaves what ran', async () => {
    const board = await edit(BLINK);
    await answer(board, { image: Buffer.from('Not a firmware').toString('base64') });
    await board.page.click('#compile');
    assert.match(await board.message('01_blink.elf'), /ELF/);
    assert.equal(await board.state(), 'running');
  });
});

describe('the editor', () => {
  it('can be left by keys, and its keys are not those of the board', async () => {
    const board = await edit('#example=04_interval');
    await typeFirst(board, 'p s r ');
    await board.page.keyboard.press('Tab');
    assert.match((await text(board).innerText()).slice(0, 12), /^\s{2,}p s r/);
    assert.equal(await board.state(), 'running');
    const isInside = (): Promise<boolean> => text(board).evaluate((content) => content.contains(document.activeElement));
    assert.equal(await isInside(), true);
    await board.page.keyboard.press('Escape');
    await board.page.keyboard.press('Tab');
    assert.equal(await isInside(), false);
    const described = (await text(board).getAttribute('aria-describedby')) ?? '';
    await board.waitForText(board.page.locator(`#${described}`), /Ctrl\+Enter .* Esc, then Tab/);
  });

  for (const [colorScheme, width] of [['light', 1400], ['dark', 360]] as const) {
    it(`is accessible by the rules of axe-core, and fits, ${colorScheme}, ${width} pixels`, async () => {
      const board = await edit(BLINK, { colorScheme, viewport: { width, height: 900 } });
      assert.deepEqual(await violations(board.page), []);
      await replaceAll(board, HELLO.replace('print(', 'int unused = 1;\n    prit('));
      await board.page.keyboard.press('Control+Enter');
      await board.page.locator('#messages > li').nth(1).waitFor();
      assert.deepEqual(await violations(board.page), []);
      assert.equal(await board.page.evaluate(() => document.documentElement.scrollWidth), width);
      await picture(board.page, `edit-${colorScheme}-${width}`, true);
      await board.page.locator('.cm-lint-marker-error').hover();
      await board.page.locator('.cm-tooltip').waitFor();
      assert.deepEqual(await violations(board.page), []);
    });
  }
});

describe('a program of a folder', () => {
  it('is shown first, and loaded anew when its file changes', async () => {
    const board = await open();
    assert.equal(await board.chosen(), 'mine, your own');
    await board.waitForText(board.page.locator('#no-source'), /^The source of mine\.elf is not here/);
    assert.equal(await board.page.locator('#edit').isVisible(), false);
    await board.reach(0.1);
    await board.page.waitForTimeout(500);
    await copyFile(join(inject('site'), 'examples', '06_race.elf'), join(folder, 'mine.elf'));
    assert.deepEqual(await lines(board, 2), ['without a lock: 1000 of 2000', 'with a lock: 2000 of 2000']);
    // Of the programs that are not shown nothing is loaded.
    await board.page.locator('#example').selectOption('01_blink');
    await lines(board, 0);
  });
});
