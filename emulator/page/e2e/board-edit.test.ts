import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { type BoardPage, until, usePages } from './board-page.js';
import { picture } from './picture.js';

const open = usePages();

const WAIT = { timeout: 10_000, interval: 30 };

/** Opens an example, and the editor of its board. */
async function edit(example: string, options = {}): Promise<BoardPage> {
  const board = await open(`#example=${example}`, options);
  await board.reach(0.05);
  await board.page.click('#edit-board');
  return board;
}

async function add({ page }: BoardPage, title: string): Promise<void> {
  await page.getByLabel('New part').selectOption({ label: title });
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

const part = ({ page }: BoardPage, id: string): Locator => page.locator(`.part[data-part="${id}"]`);
const field = ({ page }: BoardPage, name: string): Locator => page.locator(`.part-form [name="${name}"]`);
const state = ({ page }: BoardPage): Locator => page.locator('#board-state');

/** The text of the part's field that is chosen in its list. */
const chosen = (list: Locator): Promise<string> => list.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text ?? '');

const labels = ({ page }: BoardPage): Promise<string[]> => page.locator('.part .part-label').allTextContents();

async function center(element: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await element.boundingBox();
  assert.ok(box);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** A pin's name beside the Pico, by the pin's number on the board. */
const pin = ({ page }: BoardPage, number: number): Locator => page.locator(`.pin-tag[data-pin="${number}"]`);
const GP14 = 19;
const GP15 = 20;
const GP16 = 21;
const GND = 18;

const terminal = (board: BoardPage, id: string, name: string): Locator => part(board, id).locator(`.terminal[data-field="${name}"]`);

/** Presses the mouse on a terminal, and moves it to a pin. */
async function drag(board: BoardPage, from: Locator, to: Locator): Promise<void> {
  const { mouse } = board.page;
  await from.scrollIntoViewIfNeeded();
  const [start, end] = [await center(from), await center(to)];
  await mouse.move(start.x, start.y);
  await mouse.down();
  await mouse.move(end.x, end.y, { steps: 4 });
}

describe('a wire', () => {
  it('is dragged from a terminal to a pin, while the program runs on', async () => {
    const board = await edit('05_queue');
    const { page } = board;
    await board.reach(0.3);
    await drag(board, terminal(board, 'button', 'pin'), pin(board, GP14));
    assert.deepEqual(await page.locator('.pin-tag.possible').count(), 26);
    assert.equal(await page.locator('.wiring span').textContent(), 'GP14');
    await page.mouse.up();
    await page.getByRole('button', { name: /^Button on GP14/ }).waitFor();
    assert.equal(await state(board).textContent(), 'Button is wired to GP14.');
    assert.equal(await page.locator('.pin-tag.possible, .pin-tag.impossible, .wiring').count(), 0);

    // The program reads GP15, and hears nothing now.
    await page.getByRole('button', { name: /^Button on GP14/ }).click();
    await board.reach((await board.seconds()) + 0.3);
    assert.deepEqual(await board.lines(), []);
    await drag(board, terminal(board, 'button', 'pin'), pin(board, GP15));
    await page.mouse.up();
    const before = await board.seconds();
    assert.ok(before > 0.6);
    await page.getByRole('button', { name: /^Button on GP15/ }).click();
    await board.waitForLines(1);
  });

  it('is refused by a pin that it cannot be led to, which says why', async () => {
    const board = await edit('05_queue');
    const { page } = board;
    await add(board, 'LED');
    await add(board, 'Potentiometer');
    for (const [number, reason] of [[GND, /^GND is no pin for a signal/], [GP16, /^GP16 has no analog input; GP26, GP27 and GP28 have/]] as const) {
      await drag(board, terminal(board, 'potentiometer', 'pin'), pin(board, number));
      assert.equal(await page.locator('.pin-tag.possible').count(), 3);
      assert.match((await page.locator('.wiring span').textContent()) ?? '', reason);
      await page.mouse.up();
      assert.match((await state(board).textContent()) ?? '', reason);
    }
    await drag(board, terminal(board, 'led', 'pin'), pin(board, GP15));
    await page.mouse.up();
    assert.equal(await state(board).textContent(), 'GP15 is taken by part "button".');
    assert.equal(await chosen(field(board, 'pin')), 'GP2');
    // Beside the pins it is given up.
    await drag(board, terminal(board, 'led', 'pin'), page.locator('#board-title'));
    await page.mouse.up();
    assert.equal(await chosen(field(board, 'pin')), 'GP2');
    assert.equal(await page.locator('.wiring').count(), 0);
  });

  it('is led by a click on the terminal and one on the pin, and given up by Esc', async () => {
    const board = await edit('05_queue');
    const { page } = board;
    await terminal(board, 'button', 'pin').click();
    assert.equal(await page.locator('.pin-tag.possible').count(), 26);
    const { x, y } = await center(pin(board, GP14));
    await page.mouse.click(x, y);
    assert.equal(await chosen(field(board, 'pin')), 'GP14');

    await terminal(board, 'button', 'pin').click();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.wiring, .pin-tag.possible').count(), 0);
    assert.equal(await page.locator('#board-editor').isVisible(), true);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#board-editor').isVisible(), false);
    // Without the editor a terminal is but a picture.
    await drag(board, part(board, 'button').locator('.terminal').first(), pin(board, GP14));
    assert.equal(await page.locator('.wiring').count(), 0);
    await page.mouse.up();
  });

  it('comes after what is being typed', async () => {
    const board = await edit('05_queue');
    await field(board, 'label').fill('Bell');
    await drag(board, terminal(board, 'button', 'pin'), pin(board, GP14));
    await board.page.mouse.up();
    await board.page.getByRole('button', { name: /^Bell on GP14/ }).waitFor();
  });
});

describe('by keyboard alone', () => {
  it('parts are added, wired, named, removed, and all of it taken back', async () => {
    const board = await open('#example=05_queue');
    const { page } = board;
    const { keyboard } = page;
    const tabTo = async (wanted: Locator): Promise<void> => {
      for (let presses = 0; presses < 40; presses++) {
        if (await wanted.evaluate((element) => element === document.activeElement)) return;
        await keyboard.press('Tab');
      }
      assert.fail(`Tab does not lead to ${wanted}`);
    };
    await tabTo(page.locator('#edit-board'));
    await keyboard.press('Enter');
    await tabTo(page.getByLabel('New part'));
    await keyboard.type('LED');
    await tabTo(page.getByRole('button', { name: 'Add', exact: true }));
    await keyboard.press('Enter');
    assert.equal(await state(board).textContent(), 'LED added on GP2.');
    await tabTo(field(board, 'label'));
    await keyboard.press('Control+a');
    await keyboard.type('Lamp');
    await tabTo(field(board, 'pin'));
    await keyboard.type('GP16');
    await page.getByRole('img', { name: /^Lamp on GP16/ }).waitFor();
    await tabTo(part(board, 'led'));
    await keyboard.press('Delete');
    assert.deepEqual(await labels(board), ['Button']);
    assert.equal(await part(board, 'button').evaluate((element) => element === document.activeElement), true);

    const steps = [['Button', 'Lamp'], ['Button', 'Lamp'], ['Button', 'LED'], ['Button']];
    for (const expected of steps) {
      await keyboard.press('Control+z');
      assert.deepEqual(await labels(board), expected);
    }
    await keyboard.press('Control+z');
    assert.deepEqual(await labels(board), ['Button']);
    for (const expected of steps.slice(0, -1).reverse()) {
      await keyboard.press('Control+Shift+z');
      assert.deepEqual(await labels(board), expected);
    }
    await page.getByRole('img', { name: /^Lamp on GP16/ }).waitFor();
    await keyboard.press('Escape');
    assert.equal(await page.locator('#board-editor').isVisible(), false);
    assert.equal(await page.locator('#edit-board').evaluate((element) => element === document.activeElement), true);
  });

  it('a change that is refused is told beside its field, and what was typed can be mended', async () => {
    const board = await edit('05_queue');
    const { page } = board;
    const key = field(board, 'key');
    await key.fill('hello');
    await key.press('Tab');
    const refusal = page.getByRole('alert').filter({ hasText: 'not a key' });
    assert.match((await refusal.textContent()) ?? '', /^Not changed: "hello" is not a key; write a character, or one of Space/);
    assert.equal(await key.getAttribute('aria-invalid'), 'true');
    assert.equal(await key.inputValue(), 'hello');
    await key.focus();
    await page.keyboard.press('Escape');
    assert.equal(await key.inputValue(), 'Space');
    assert.equal(await refusal.count(), 0);
    await key.fill('g');
    await key.press('Enter');
    await page.getByRole('button', { name: 'Button on GP15, key: g' }).waitFor();
    // While something is typed, Ctrl+Z is the field's.
    await field(board, 'label').fill('Typed');
    await page.keyboard.press('Control+z');
    assert.equal(await page.getByRole('button', { name: 'Button on GP15, key: g' }).count(), 1);
    assert.equal(await field(board, 'label').inputValue(), 'Button');
    await page.keyboard.press('Control+z');
    await page.getByRole('button', { name: 'Button on GP15, key: space' }).waitFor();
  });
});

describe('a part of a bus', () => {
  it('is there after a reset, which is told; others stay as they are', async () => {
    const board = await edit('10_weather_station');
    const { page } = board;
    const slider = part(board, 'air').locator('input').first();
    await slider.fill('30');
    await board.reach(4);
    await add(board, 'LED');
    assert.equal(await state(board).textContent(), 'LED added on GP2.');
    assert.ok((await board.seconds()) >= 4);
    await add(board, 'OLED display');
    assert.equal(await state(board).textContent(), 'OLED display added on GP4, GP5. The board was reset, as this takes effect from power-on.');
    await expect.poll(() => board.seconds(), WAIT).toBeLessThan(4);
    assert.equal(await slider.inputValue(), '30');
    assert.equal(await chosen(field(board, 'address')), '0x3d');
    // How it looks is no reason for a reset.
    await board.reach(1);
    await field(board, 'color').selectOption('red');
    assert.equal(await state(board).textContent(), '');
    assert.ok((await board.seconds()) >= 1);
    await field(board, 'sda').selectOption({ label: 'GP6' });
    assert.equal(await state(board).textContent(), 'Display SDA is wired to GP6, and SCL to GP7. The board was reset, as this takes effect from power-on.');
    await picture(page, 'board-edit', true);
  });
});

describe('an edited board', () => {
  it('is saved, and the same when the file is dropped', async () => {
    const board = await edit('01_blink');
    await add(board, 'LED');
    await field(board, 'label').fill('My lamp');
    await field(board, 'label').press('Enter');
    await add(board, 'Rotary encoder');
    const [download] = await Promise.all([board.page.waitForEvent('download'), board.page.click('#board-save')]);
    assert.equal(download.suggestedFilename(), '01_blink.board.json');
    const buffer = Buffer.concat((await (await download.createReadStream()).toArray()) as Buffer[]);
    assert.deepEqual(JSON.parse(buffer.toString()), {
      parts: [
        { id: 'button', type: 'pushbutton', pin: 'GP15', key: 'Space' },
        { id: 'led', type: 'led', pin: 'GP2', label: 'My lamp' },
        { id: 'encoder', type: 'encoder', clk: 'GP3', dt: 'GP4', sw: 'GP5' },
      ],
    });

    const other = await open('#example=06_race');
    await other.page.locator('#file').setInputFiles({ name: '01_blink.board.json', mimeType: 'application/json', buffer });
    await expect.poll(() => labels(other), WAIT).toEqual(await labels(board));
    const wires = ({ page }: BoardPage): Promise<(string | null)[]> => page.locator('.picture .wire').evaluateAll((paths) => paths.map((path) => path.getAttribute('stroke')));
    assert.deepEqual(await wires(other), await wires(board));
    assert.equal((await wires(other)).length, 5);
    // What was dropped can be taken back, too.
    await other.page.click('#edit-board');
    await other.page.click('#board-undo');
    assert.deepEqual(await labels(other), ['Button']);
  });

  it('belongs to its program, is kept, shared, and given up', async () => {
    const board = await edit('01_blink');
    const { page } = board;
    assert.equal(await page.locator('#board-anew').isDisabled(), true);
    await add(board, 'LED');
    await page.selectOption('#example', '04_interval');
    await expect.poll(() => labels(board), WAIT).toEqual(['Button']);
    await page.selectOption('#example', '01_blink');
    await expect.poll(() => labels(board), WAIT).toEqual(['Button', 'LED']);
    await page.reload();
    await expect.poll(() => labels(board), WAIT).toEqual(['Button', 'LED']);

    await board.waitForText(page.locator('#summary'), /LED/);
    await page.click('#share');
    await page.locator('#share', { hasText: 'Copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await open(link.slice(inject('address').length));
    await expect.poll(() => labels(other), WAIT).toEqual(['Button', 'LED']);

    await page.click('#edit-board');
    await page.click('#board-anew');
    assert.deepEqual(await labels(board), ['Button']);
    assert.equal(await page.locator('#board-anew').isDisabled(), true);
    await page.click('#board-undo');
    assert.deepEqual(await labels(board), ['Button', 'LED']);
    await page.click('#board-redo');
    await page.reload();
    await until(async () => (await board.state()) === 'running', 'it to be running');
    assert.deepEqual(await labels(board), ['Button']);
  });

  it('that comes to be the program\'s own again can be taken back, step by step', async () => {
    const board = await edit('01_blink');
    const { page } = board;
    const color = field(board, 'color');
    await color.focus();
    await color.selectOption('blue');
    await field(board, 'label').focus(); // what comes next is a step of its own
    await color.selectOption('red');
    assert.equal(await page.locator('#board-anew').isDisabled(), true);
    await page.click('#board-undo');
    assert.equal(await color.inputValue(), 'blue');
    await page.click('#board-undo');
    assert.equal(await color.inputValue(), 'red');
    assert.equal(await page.locator('#board-undo').isDisabled(), true);
  });

  it('has room on a telephone', async () => {
    const board = await edit('10_weather_station', { viewport: { width: 360, height: 800 } });
    await add(board, 'NeoPixel strip');
    await field(board, 'pixels').fill('100');
    await field(board, 'pixels').press('Enter');
    await board.page.getByRole('alert').filter({ hasText: '1 to 64' }).waitFor();
    assert.equal(await board.page.evaluate(() => document.documentElement.scrollWidth), 360);
    await drag(board, terminal(board, 'neopixel', 'din'), pin(board, GP14));
    assert.equal(await board.page.evaluate(() => document.documentElement.scrollWidth), 360);
    await picture(board.page, 'board-edit-narrow');
    await board.page.mouse.up();
    assert.match((await state(board).textContent()) ?? '', /^NeoPixel DIN is wired to GP14\./);
  });

  it('takes every part of the list', async () => {
    const board = await edit('01_blink');
    const titles = await board.page.getByLabel('New part').locator('option').allTextContents();
    assert.ok(titles.length >= 7);
    for (const title of titles) {
      await add(board, title);
      assert.match((await state(board).textContent()) ?? '', /added on GP\d+/);
      await board.page.click('.part-form button');
      assert.match((await state(board).textContent()) ?? '', / removed\./);
    }
    assert.deepEqual(await labels(board), ['Button']);
  });
});
