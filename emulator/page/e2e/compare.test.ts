import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseImage } from '../../src/firmware/load.js';
import { compileElf } from '../../test/support/compile.js';
import { uf2 } from '../../test/support/files.js';
import { RAW_REPL_PROGRAM } from '../../test/support/fixtures.js';
import { violations } from './axe.js';
import { BoardPage, until, usePages } from './board-page.js';
import { serveDemo } from './demo-server.js';
import { picture } from './picture.js';

const FLASH = 0x10000000;
/** MicroPython's own image, for those who have one. */
const REAL = process.env['MICROPYTHON_IMAGE'] ?? '';

const open = usePages();

/** Poses as MicroPython, as a UF2 file: see raw_repl.c. */
function standIn(): Buffer {
  const { segments } = parseImage(compileElf(RAW_REPL_PROGRAM));
  const flash = new Uint8Array(Math.max(...segments.map(({ address, bytes }) => address + bytes.length)) - FLASH);
  for (const { address, bytes } of segments) flash.set(bytes, address - FLASH);
  return Buffer.from(uf2(flash));
}

/** The part of the page with both programs. */
class Comparison {
  readonly panel: Locator;
  readonly state: Locator;
  readonly cpp: Locator;
  readonly python: Locator;

  constructor(readonly board: BoardPage) {
    this.panel = board.page.locator('#compare');
    this.state = this.panel.locator('.state');
    this.cpp = this.panel.getByRole('log', { name: 'What the C++ program prints' });
    this.python = this.panel.getByRole('log', { name: 'What the Python program prints' });
  }

  async toggle(): Promise<void> {
    await this.panel.getByRole('button', { name: 'Compare with MicroPython' }).click();
    await this.panel.getByRole('button', { name: 'Compare with MicroPython' }).blur(); // the space bar is for the board
  }

  async give(name: string, buffer: Buffer): Promise<void> {
    await this.panel.locator('input').setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  }

  /** Both figures of a row. */
  async figures(name: string): Promise<readonly [cpp: string, python: string]> {
    const cells = await this.panel.getByRole('row', { name }).first().getByRole('cell').allInnerTexts();
    return [cells[0] ?? '', cells[1] ?? ''];
  }

  async seconds(): Promise<readonly [number, number]> {
    const [cpp, python] = await this.figures('Time');
    return [Number.parseFloat(cpp), Number.parseFloat(python)];
  }

  /** Waits until the Python program has run for so long. */
  async reach(seconds: number): Promise<void> {
    await until(async () => (await this.seconds())[1] >= seconds, `${seconds} s of the Python program`);
  }
}

async function compare(address = '#example=03_button', options: BrowserContextOptions = {}): Promise<Comparison> {
  const comparison = new Comparison(await open(address, options));
  await comparison.toggle();
  return comparison;
}

describe('a program beside MicroPython', () => {
  const image = standIn();

  it('runs on a board of its own, to which everything is done that is done to the other', async () => {
    const it = await compare();
    assert.match(await it.panel.locator('.words').innerText(), /^Choose MicroPython’s image/);
    assert.equal(await it.python.isVisible(), false);
    await it.give('posing.uf2', image);
    await it.board.waitForText(it.state, /^Both programs have begun\.$/);
    await it.board.waitForText(it.python, /^hello\n$/);
    await it.reach(0.5);
    await it.board.page.keyboard.press(' ');
    await it.board.waitForText(it.python, /^hello\npressed\n$/);
    await it.board.waitForText(it.cpp, /^pressed\n$/);
    await until(async () => (await it.figures('Press to LED, worst')).every((figure) => / m?s$/.test(figure)), 'the LED to follow the press on both sides');

    await it.board.page.click('#run');
    await until(async () => (await it.board.state()) === 'paused', 'it to be paused');
    await until(async () => ((seconds) => seconds[0] === seconds[1])(await it.seconds()), 'the other one to have come as far');
    const [cpp, python] = await it.figures('Edges');
    const [seconds] = await it.seconds();
    assert.deepEqual([cpp, python], [`GP25:\u00a0${Math.floor(seconds / 0.5) + 1}`, `GP25:\u00a0${Math.floor(seconds / 0.1) + 1}`]);
    assert.match((await it.figures('Asleep'))[1], /^9[0-9]\.\d\d %$/);
    assert.match((await it.figures('Flash'))[1], /^\d+ B|\d\.\d kB$/);
    assert.match((await it.figures('RAM'))[1], /^–\s*MicroPython has all RAM/);
  });

  it('begins anew with it, and goes when there is nothing to compare', async () => {
    const it = await compare();
    await it.give('posing.uf2', image);
    await it.reach(0.3);
    const [before] = await it.seconds();
    await it.board.page.click('#reset');
    await until(async () => (await it.seconds())[0] < before, 'both to begin anew');
    await it.reach(0.2);
    assert.equal(await it.python.innerText(), 'hello\n');
    await it.board.page.locator('#example').selectOption('01_blink');
    await it.board.waitForText(it.board.page.locator('#source-py'), /await blink/);
    await it.reach(0.2);
    await it.board.page.locator('#example').selectOption('09_urgent');
    await it.panel.waitFor({ state: 'hidden' });
    await it.board.reach(0.5); // alone again
    await it.board.page.locator('#example').selectOption('01_blink');
    await it.reach(0.2);
    await it.toggle();
    assert.equal(await it.python.isVisible(), false);
    await it.board.reach(1);
  });

  it('keeps the image until it is told to forget it', async () => {
    const it = await compare();
    await it.give('posing.uf2', image);
    await it.board.waitForText(it.panel.locator('.words'), /^Image: posing\.uf2, kept in this browser$/);
    await it.board.page.reload();
    await it.toggle();
    await it.reach(0.1);
    assert.equal(await it.panel.locator('.words').innerText(), 'Image: posing.uf2, kept in this browser');
    await it.panel.getByRole('button', { name: 'Forget image' }).click();
    await it.board.waitForText(it.panel.locator('.words'), /^Choose/);
    assert.equal(await it.panel.getByRole('button', { name: 'Choose image…' }).evaluate((button) => button === document.activeElement), true);
    await it.board.reach(0.3);
    await it.board.page.reload();
    await it.toggle();
    await it.board.waitForText(it.panel.locator('.words'), /^Choose/);
    assert.equal(await it.board.page.evaluate(async () => (await indexedDB.databases()).length), 1);
  });

  it('takes an image that is dropped on it, and leaves the program as it is', async () => {
    const it = await compare();
    const { page } = it.board;
    const dataTransfer = await page.evaluateHandle((base64) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], 'dropped.uf2'));
      return transfer;
    }, image.toString('base64'));
    await it.panel.dispatchEvent('dragover', { dataTransfer });
    await it.panel.dispatchEvent('drop', { dataTransfer });
    await it.reach(0.1);
    assert.equal(await page.locator('#drop').isVisible(), false);
    assert.equal(await page.locator('#example').inputValue(), '03_button');
  });

  it('says what is wrong with an image, and the program goes on alone', async () => {
    const it = await compare('#example=01_blink');
    const blink = parseImage(await readFile(join(inject('site'), 'examples', '01_blink.elf'))).segments[0]?.bytes ?? new Uint8Array();
    for (const [name, content, words] of [
      ['notes.uf2', Buffer.from('notes'), /^notes\.uf2: neither an ELF nor a UF2 file$/],
      ['blink.bin', Buffer.from(blink), /^blink\.bin: It has given no prompt within 10 s of simulated time/],
      ['large.uf2', Buffer.alloc(21e6), /^large\.uf2 has 21 MB: that is no firmware for a Pico\.$/],
    ] as const) {
      await it.give(name, content);
      await it.board.waitForText(it.state, words);
      const seconds = await it.board.seconds();
      await it.board.reach(seconds + 0.3);
    }
    await it.board.page.reload();
    await it.toggle();
    await it.board.waitForText(it.panel.locator('.words'), /^Choose/); // none of them was kept
  });

  it('leaves the program alone if its emulator cannot be loaded, and says so', async () => {
    const withoutWorker = async (page: Page): Promise<void> => void await page.addInitScript(() => {
      window.Worker = class extends Worker {
        constructor(url: string | URL, options?: WorkerOptions) {
          super(options?.name === 'MicroPython' ? 'data:text/javascript,' : url, options);
          if (options?.name === 'MicroPython') setTimeout(() => this.dispatchEvent(new Event('error')));
        }
      };
    });
    const it = new Comparison(await open('#example=03_button', {}, withoutWorker));
    await it.toggle();
    await it.give('posing.uf2', image);
    await it.board.waitForText(it.state, /^The emulator of MicroPython could not be loaded: is the server of this page still running\?$/);
    await it.board.reach(0.5);
    await it.board.page.keyboard.press(' ');
    assert.deepEqual(await it.board.waitForLines(1), ['pressed']);
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`fits on a telephone and is accessible, ${colorScheme}`, async () => {
      const it = await compare('#example=03_button', { colorScheme, viewport: { width: 360, height: 800 } });
      expect(await violations(it.board.page)).toEqual([]);
      await it.give('posing.uf2', image);
      await it.reach(0.3);
      await it.panel.locator('summary').click();
      await picture(it.board.page, `compare-${colorScheme}`, true);
      expect(await violations(it.board.page)).toEqual([]);
      const [width, tooWide] = await it.board.page.evaluate(() => [
        document.documentElement.scrollWidth,
        [...document.querySelectorAll('#compare *')].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.closest('.spoken') === null).map(({ outerHTML }) => outerHTML.slice(0, 80)),
      ]);
      expect([width, tooWide]).toEqual([360, []]);
    });
  }
});

describe('the image that ./uasync demo is given', () => {
  let folder: string;
  let server: ChildProcess;
  let address: string;
  const openDemo = usePages(() => address);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uasync-page-'));
    await writeFile(join(folder, 'posing as python.uf2'), standIn());
    ({ server, address } = await serveDemo(inject('site'), '--micropython', join(folder, 'posing as python.uf2')));
  });
  afterAll(async () => {
    server.kill();
    await rm(folder, { recursive: true });
  });

  it('is used without being asked for, and is not kept', async () => {
    const it = new Comparison(await openDemo('#example=03_button'));
    await it.toggle();
    await it.reach(0.1);
    assert.equal(await it.panel.locator('.words').innerText(), 'Image: posing as python.uf2, from ./uasync demo');
    assert.equal(await it.panel.getByRole('button', { name: 'Forget image' }).isVisible(), false);
    assert.equal(await it.board.page.evaluate(async () => (await indexedDB.databases()).length), 0);
  });
});

describe.skipIf(REAL === '')('MicroPython itself', () => {
  it('runs the examples beside the C++ programs', async () => {
    const it = await compare('#example=04_interval');
    await it.give(REAL.replace(/.*\//, ''), await readFile(REAL));
    await it.board.waitForText(it.state, /^Both programs have begun\.$/);
    await it.reach(0.4);
    for (let presses = 1; presses <= 3; presses++) {
      await it.board.page.keyboard.press(' ', { delay: 100 });
      for (const output of [it.cpp, it.python]) await it.board.waitForText(output, new RegExp(`^(\\d+\n){${presses}}$`));
    }
    const [cpp, python] = [await it.cpp.innerText(), await it.python.innerText()].map((text) => text.trim().split('\n').map(Number));
    // Each looks at its button every 40 ms, and MicroPython takes some milliseconds more for its start and each turn.
    for (const [index, milliseconds] of (cpp ?? []).entries()) assert.ok(Math.abs(milliseconds - (python?.[index] ?? NaN)) <= 90, `${cpp?.join()} beside ${python?.join()}`);
    await until(async () => (await it.figures('Press to LED, latest')).every((figure) => / m?s$/.test(figure)), 'the LED to follow the press on both sides');
    assert.match((await it.figures('Flash'))[1], /^\d{3}\.\d kB$/);
    for (const share of await it.figures('Asleep')) assert.ok(Number.parseFloat(share) > 90, share);
  });

  it('goes on where the other program has ended', async () => {
    const it = await compare('#example=06_race');
    await it.give('micropython.uf2', await readFile(REAL));
    await it.reach(0.2);
    assert.equal(await it.board.state(), 'ended');
    assert.equal(await it.cpp.innerText(), 'without a lock: 1000 of 2000\nwith a lock: 2000 of 2000\n');
    const [cpp] = await it.seconds();
    assert.ok(cpp > 0 && cpp < 0.1, `${cpp}`);
  });
});
