import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, inject, it } from 'vitest';
import { parseImage } from '../../src/firmware/load.js';
import { elf, uf2 } from '../../test/support/files.js';
import { flashBytes } from '../../test/support/program.js';
import { type BoardPage, until, usePages } from './board-page.js';

const open = usePages();

const RACE = ['without a lock: 1000 of 2000', 'with a lock: 2000 of 2000'];
const FLASH = 0x10000000;
const SRAM = 0x20000000;

const imageOf = (example: string): Promise<Buffer> => readFile(join(inject('site'), 'examples', `${example}.elf`));

/** The same firmware as a UF2 file. */
function asUf2(image: Buffer): Buffer {
  const segments = parseImage(image).segments.filter(({ address }) => address < SRAM);
  const flash = new Uint8Array(Math.max(...segments.map(({ address, bytes }) => address + bytes.length)) - FLASH);
  for (const { address, bytes } of segments) flash.set(bytes, address - FLASH);
  return Buffer.from(uf2(flash));
}

/** Gives the page a file as if it had been chosen. */
async function choose({ page }: BoardPage, name: string, content: Buffer | string): Promise<void> {
  await page.locator('#file').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(content) });
}

/** Drops files that are held together, in this order. */
async function drop({ page }: BoardPage, ...files: readonly (readonly [name: string, content: Buffer])[]): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    (files) => {
      const transfer = new DataTransfer();
      for (const [name, base64] of files) transfer.items.add(new File([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))], name));
      return transfer;
    },
    files.map(([name, content]) => [name, content.toString('base64')] as const),
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer });
  assert.equal(await page.locator('#drop').isVisible(), true);
  await page.dispatchEvent('body', 'drop', { dataTransfer });
  assert.equal(await page.locator('#drop').isVisible(), false);
}

describe('a firmware of the user', () => {
  it('runs when it is dropped, and is not taken for the example', async () => {
    const board = await open('#example=01_blink');
    await drop(board, ['mine.elf', await imageOf('06_race')]);
    assert.deepEqual(await board.waitForLines(2), RACE);
    await board.waitForText(board.page.locator('#summary'), /^mine\.elf/);
    assert.match(await board.page.title(), /^mine\.elf/);
    assert.equal(await board.page.locator('#source-cpp').isVisible(), false);
    assert.equal(await board.chosen(), 'mine.elf');
    await board.waitForText(board.page.locator('#no-source'), /^The source of mine\.elf is not here/);
    await board.waitForText(board.tasks.locator('.empty'), /^All tasks have ended/);

    // The example that the address still names can be chosen again.
    await board.page.locator('#example').selectOption('01_blink');
    await board.waitForText(board.page.locator('#summary'), /LED/);
    assert.equal(await board.chosen(), '1. A coroutine');
    assert.equal(await board.page.locator('#example option').filter({ hasText: 'mine.elf' }).count(), 0);
  });

  it('comes with its board, in whatever order they are dropped', async () => {
    const image = await imageOf('06_race');
    const good = Buffer.from('{ "parts": [{ "id": "lamp", "type": "led", "pin": "GP16" }] }');
    const bad = Buffer.from('{ "parts": [{ "id": "a", "type": "laser", "pin": "GP3" }] }');
    for (const isImageFirst of [true, false]) {
      const board = await open('#example=01_blink');
      const order = <T>(...both: T[]): T[] => (isImageFirst ? both : both.reverse());
      await drop(board, ...order(['mine.elf', image] as const, ['bad.json', bad] as const));
      assert.deepEqual(await board.waitForLines(2), RACE);
      assert.match(await board.message('bad.json'), /laser/);
      await drop(board, ...order(['other.elf', image] as const, ['good.json', good] as const));
      await board.page.getByRole('img', { name: /GP16: off/ }).waitFor();
      await board.waitForText(board.page.locator('#summary'), /^other\.elf/);
    }
  });

  it('may be a UF2 file, chosen by the button', async () => {
    const board = await open('#example=01_blink');
    const [chooser] = await Promise.all([board.page.waitForEvent('filechooser'), board.page.locator('#open').click()]);
    await chooser.setFiles({ name: 'mine.uf2', mimeType: 'application/octet-stream', buffer: asUf2(await imageOf('06_race')) });
    assert.deepEqual(await board.waitForLines(2), RACE);
    await board.waitForText(board.page.locator('#no-source'), /^mine\.uf2 holds no names: .* Open the ELF file of the same build/);
    await board.waitForText(board.news, /^The program has ended: main\(\) returned\./);
  });

  it('may crash: the page tells why and where, and runs another', async () => {
    const board = await open('#example=01_blink');
    const program = Buffer.from(elf(flashBytes([0xde00]), { functions: { main: [FLASH, 0x200] } }));
    await choose(board, 'crash.elf', program);
    await until(async () => (await board.state()) === 'ended', 'the end');
    assert.match(await board.message('The firmware'), /main/);
    assert.equal(await board.page.locator('#run').isDisabled(), true);
    await choose(board, 'mine.elf', await imageOf('06_race'));
    assert.deepEqual(await board.waitForLines(2), RACE);
  });
});

describe('a file that is no firmware', () => {
  it('is told of in words, and what ran before runs on', async () => {
    const board = await open('#example=01_blink');
    const whole = await imageOf('01_blink');
    const forLinux = Buffer.from(whole);
    forLinux.writeUInt16LE(62, 18); // the number of x86-64
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251));
    for (const [name, content, words] of [
      ['noise.elf', noise, /ELF.*UF2/],
      ['empty.uf2', Buffer.alloc(0), /empty|ELF.*UF2/],
      ['cut.elf', whole.subarray(0, 3000), /cut off|truncated|ends|beyond|outside/],
      ['linux.elf', forLinux, /ARM|Arm/],
      ['cut.uf2', asUf2(whole).subarray(0, 700), /UF2|block|512/],
    ] as const) {
      const before = await board.seconds();
      await choose(board, name, content);
      const message = await board.message(`${name}: `);
      assert.match(message, words);
      assert.doesNotMatch(message, /The emulator failed/);
      await board.reach(before + 0.05);
    }
    assert.equal(await board.state(), 'running');
    assert.equal(await board.page.locator('#example').inputValue(), '01_blink');
  });
});

describe('a board file', () => {
  it('that is garbage is told of in words, and the board stays as it is', async () => {
    const board = await open('#example=04_interval');
    for (const [content, words] of [
      ['{ "parts": [', /JSON/],
      ['\u0000\u0001\ufffd', /JSON/],
      ['[1, 2, 3]', /object|parts/],
      ['{ "parts": [{ "id": "a", "type": "laser", "pin": "GP3" }] }', /laser/],
      ['{ "parts": [{ "id": "a", "type": "led", "pin": "GP99" }] }', /GP99/],
    ] as const) {
      await choose(board, 'board.json', content);
      assert.match(await board.message('board.json: '), words);
    }
    await board.page.getByRole('button', { name: /GP15\b/ }).waitFor();
    assert.equal(await board.state(), 'running');
  });

  it('has its parts on the board from then on, and their keys', async () => {
    const board = await open('#example=04_interval');
    const parts = [
      { id: 'bell', type: 'pushbutton', pin: 'GP15', key: 'b' },
      { id: 'other', type: 'pushbutton', pin: 'GP3' },
      { id: 'lamp', type: 'led', pin: 'GP16' },
    ];
    await choose(board, 'board.json', JSON.stringify({ parts }));
    await board.page.getByRole('button', { name: /GP3\b/ }).waitFor();
    await board.page.getByRole('img', { name: /GP16: off/ }).waitFor();
    // Again and again: a press is missed while the program is still starting with the new board.
    const press = async (): Promise<boolean> => {
      await board.page.keyboard.press('b', { delay: 100 });
      return (await board.lines()).length > 0;
    };
    await until(press, 'a press of the key to be told');
  });
});

describe('an example that cannot be had', () => {
  it('leaves the list at what runs, and can be chosen again', async () => {
    const board = await open('#example=01_blink');
    const { page } = board;
    for (const body of [undefined, 'Not a firmware']) {
      await page.route('**/06_race.elf', (route) => (body === undefined ? route.abort() : route.fulfill({ body })));
      await page.locator('#example').selectOption('06_race');
      await board.message('06_race.elf');
      assert.equal(await board.chosen(), '1. A coroutine');
      assert.match(await page.title(), /^1\. A coroutine/);
      assert.match((await page.locator('#source-cpp').textContent()) ?? '', /sleep_ms/);
      assert.equal(await board.state(), 'running');
      await page.unroute('**/06_race.elf');
    }
    board.problems.length = 0; // the browser tells of what could not be had
    await page.locator('#example').selectOption('06_race');
    assert.deepEqual(await board.waitForLines(2), RACE);
    assert.match(await board.chosen(), /^6\. A race/);
  });
});

describe('a link', () => {
  it('to what runs can be copied, and leads there', async () => {
    const board = await open('#example=01_blink');
    await board.page.locator('#example').selectOption('06_race');
    await board.waitForLines(2);
    // What is said stays only until the LED changes.
    const said = await board.page.evaluateHandle(() => {
      const texts: (string | null)[] = [];
      const status = document.getElementById('status') as HTMLElement;
      new MutationObserver(() => texts.push(status.textContent)).observe(status, { childList: true, characterData: true, subtree: true });
      return texts;
    });
    await board.page.locator('#share').click();
    await until(() => said.evaluate((texts) => texts.some((text) => text?.includes('copied'))), 'the word that it was copied');
    const link = await board.page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, `${inject('address')}#example=06_race`);

    const other = await open(link.slice(inject('address').length));
    assert.deepEqual(await other.waitForLines(2), RACE);
    assert.equal(await other.page.locator('#example').inputValue(), '06_race');
    assert.match((await other.page.locator('#source-cpp').textContent()) ?? '', /count_locked/);
    assert.match((await other.page.locator('#source-py').textContent()) ?? '', /asyncio\.gather/);
  });

  it('to an example that is not there is told of', async () => {
    const board = await open('#example=01_blink');
    await board.page.evaluate(() => (location.hash = 'example=99_nothing'));
    assert.match(await board.message('99_nothing'), /no example/);
    assert.equal(await board.state(), 'running');
  });
});
