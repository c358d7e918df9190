import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import type { LogicElement } from '../src/instruments/index.js';
import { type BoardPage, until, usePages } from './board-page.js';
import { picture } from './picture.js';

const open = usePages();

const legendOf = ({ page }: BoardPage): Promise<string[]> => page.locator('#plot li').allTextContents();

/** How many pixels of the chart have the colour of a curve. */
function drawnOf({ page }: BoardPage, name: string): Promise<number> {
  return page.getByRole('button', { name, exact: true }).locator('.swatch').evaluate((swatch) => {
    const wanted = getComputedStyle(swatch).borderTopColor;
    const canvas = document.querySelector('#plot canvas') as HTMLCanvasElement;
    const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255 && wanted === `rgb(${data.slice(at, at + 3).join(', ')})`) count++;
    return count;
  });
}

async function waitForLegend(board: BoardPage, ...wanted: readonly string[]): Promise<void> {
  await expect.poll(() => legendOf(board), { timeout: 20_000, interval: 30 }).toEqual(wanted);
}

describe('the plot of the console', () => {
  it('draws what the firmware prints, from before it was opened until the console is cleared or the board is reset', async () => {
    const board = await open('#example=05_queue');
    const { page } = board;
    const plot = page.getByRole('button', { name: 'Plot' });
    const press = async (): Promise<void> => {
      await board.reach((await board.seconds()) + 0.3);
      await page.getByRole('button', { name: /GP15/ }).click();
    };
    const loaded: string[] = [];
    page.on('request', (request) => loaded.push(request.url()));
    for (const count of [1, 2]) {
      await press();
      await board.waitForNumbers(count);
    }
    assert.deepEqual([loaded, await page.locator('#plot').isVisible()], [[], false]);

    await plot.focus();
    await page.keyboard.press('Enter');
    const [, second] = await board.waitForNumbers(2);
    await waitForLegend(board, `1${second}`);
    expect(loaded.length).toBeGreaterThan(0);
    await until(async () => (await drawnOf(board, '1')) > 20, 'a curve');
    await press();
    const [first, , third] = (await board.waitForNumbers(3)) as [number, number, number];
    await waitForLegend(board, `1${third}`);
    const chart = page.locator('#plot .chart');
    const words = /^1 curve over (\S+) s: 1 is (\d+)\.$/.exec((await chart.getAttribute('aria-label')) ?? '');
    const presses = await page.evaluate(() => (document.querySelector('uasync-logic') as LogicElement).edges().filter(({ pin, level }) => pin === 15 && level === 0).map(({ nanos }) => nanos / 1e9));
    // The program samples its button every 40 ms.
    expect(Math.abs(Number(words?.[1]) - (presses[2] as number) + (presses[0] as number))).toBeLessThanOrEqual(0.05);
    expect(Number(words?.[2])).toBe(third);
    await picture(page, 'plot');

    await chart.press('Home');
    await waitForLegend(board, `1${first}`);
    await board.waitForText(page.locator('#plot .spoken'), new RegExp(`^\\d+\\.\\d+ s: 1 ${first}$`));
    await page.keyboard.press('Escape');
    await waitForLegend(board, `1${third}`);

    await page.click('#console-clear');
    await waitForLegend(board);
    await board.waitForText(page.locator('#plot .note'), /^No numbers yet/);
    await press();
    const [fourth] = await board.waitForNumbers(1);
    await waitForLegend(board, `1${fourth}`);
    await page.click('#reset');
    await waitForLegend(board);
    assert.equal(await plot.getAttribute('aria-pressed'), 'true');
  });

  it('has a curve for each name, which can be hidden', async () => {
    const board = await open('#example=06_race');
    const { page } = board;
    await page.getByRole('button', { name: 'Plot' }).click();
    await waitForLegend(board, 'without a lock1000', 'with a lock2000');
    const [first, second] = [page.getByRole('button', { name: 'without a lock', exact: true }), 'with a lock'];
    await until(async () => (await drawnOf(board, second)) > 0, 'both curves');
    assert.ok((await drawnOf(board, 'without a lock')) > 0);
    await first.press('Enter');
    await until(async () => (await drawnOf(board, 'without a lock')) === 0, 'one of them');
    assert.equal(await first.getAttribute('aria-pressed'), 'false');
    assert.ok((await drawnOf(board, second)) > 0);

    // What was printed while it was hidden is there when it is shown again.
    await page.getByRole('button', { name: 'Plot' }).click();
    await page.click('#reset');
    await board.waitForLines(2);
    assert.equal(await page.locator('#plot').isVisible(), false);
    await page.getByRole('button', { name: 'Plot' }).click();
    await waitForLegend(board, 'without a lock1000', 'with a lock2000');

    await page.evaluate(() => (location.hash = 'example=01_blink'));
    await board.waitForText(page.locator('#plot .note'), /^No numbers yet/);
    assert.deepEqual(await legendOf(board), []);
  });
});
