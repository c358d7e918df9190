import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { LogicElement, TimelineElement } from '../src/instruments/index.js';
import type { MarksState } from '../src/instruments/time-marks.js';
import { until, usePages } from './board-page.js';

const open = usePages();

const WAIT = { timeout: 10_000, interval: 50 };

/** The share of the timeline's width in which something is as red as a hog. */
function redShare(page: Page): Promise<number> {
  return page.locator('uasync-timeline canvas').evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    // Read from a copy: the browser would rather not be asked for the pixels of one that is drawn on all the time.
    const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D;
    copy.drawImage(element as HTMLCanvasElement, 0, 0);
    const { data } = copy.getImageData(0, 0, width, height);
    const red = new Set<number>();
    for (let index = 0; index < data.length; index += 4) {
      const [r, g, b] = [data[index] as number, data[index + 1] as number, data[index + 2] as number];
      if (r > 150 && r > 2 * g && r > 2 * b) red.add((index / 4) % width);
    }
    return red.size / width;
  });
}

describe('the timeline', () => {
  it('shows the hog of 02b, and who waits for it', async () => {
    const board = await open('#example=02b_starving');
    const notice = board.timeline.locator('.notice');
    await expect.poll(() => notice.textContent(), WAIT).toMatch(/^async_main has run for .* m?s without a break; meanwhile blink waits for a turn\.$/);
    // Red from the left, and further the longer it runs: how far by now depends on how fast this machine emulates.
    await expect.poll(() => redShare(board.page), WAIT).toBeGreaterThan(0.1);
    await expect.poll(() => board.timeline.locator('canvas').getAttribute('aria-label'), WAIT).toContain('async_main has run for');
    await board.tasks.locator('td.longest.hog').waitFor();
    expect(await board.tasks.locator('tr[data-state="ready"] th').textContent()).toBe('blink');
    expect(await board.tasks.locator('tr[data-state="running"] th').textContent()).toBe('async_main');
  });

  it('leads to the longest step, by a button or a key', async () => {
    const board = await open('#example=03_button');
    const { page } = board;
    await board.reach(0.6);
    await page.click('#run');
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    const span = (): Promise<number> => board.timeline.evaluate((element) => (element as TimelineElement).viewState).then(({ start, end }) => end - start);
    expect(await span()).toBeGreaterThan(1e9);
    await page.keyboard.press('l');
    await expect.poll(span, WAIT).toBeLessThan(1e6);
    await board.waitForText(board.timeline.locator('.tooltip'), /^(async_main|blink) ran for/);
    await board.timeline.getByRole('button', { name: 'Follow' }).click();
    await page.locator('#longest').click();
    await expect.poll(span, WAIT).toBeLessThan(1e6);
    await expect.poll(() => board.timeline.evaluate((element) => element.getBoundingClientRect().top < innerHeight), WAIT).toBe(true);
  });

  it('says on which lines the longest step spends its time', async () => {
    const board = await open('#example=02b_starving');
    await board.timeline.locator('.notice.hog').waitFor();
    await board.reach(0.3);
    await board.page.keyboard.press('l');
    const where = board.timeline.locator('.where');
    await board.waitForText(where.locator('.words'), /^Where async_main spent these .*s, by [0-9,]+ looks at where it was:$/);
    // The division has no line of its own, and takes the larger part.
    await board.waitForText(where.locator('li').nth(0), /^[5-9]\d\.\d %\s*__\w*div\w*$/);
    await board.waitForText(where.locator('li').nth(1), /^[1-4]\d\.\d %\s*02b_starving\.cpp:22$/);
    await where.locator('.place').first().click();
    await expect.poll(() => board.page.locator('#source-cpp .shown').textContent(), WAIT).toContain('rounds % 500');
    await where.getByRole('button', { name: 'Close what' }).click();
    await where.waitFor({ state: 'hidden' });
  });

  it('shows no hog where there is none', async () => {
    const board = await open('#example=03_button');
    await board.reach(1);
    expect(await board.timeline.locator('.notice').textContent()).toBe('No step longer than 10.0 ms so far.');
    expect(await redShare(board.page)).toBe(0);
  });

  it('shows the whole of a program that has ended', async () => {
    const board = await open('#example=06_race');
    await until(async () => (await board.state()) === 'ended', 'the end');
    const end = (await board.seconds()) * 1e9;
    await expect.poll(() => board.timeline.evaluate((element) => (element as TimelineElement).viewState.end), WAIT).toBeLessThan(1.1 * end + 1e6);
    expect(await board.timeline.evaluate((element) => (element as TimelineElement).summary)).toMatch(/^5 tasks, .*count_locked ran \d+ times/);
  });

  it('is moved and zoomed by keys, together with the pins', async () => {
    const board = await open('#example=03_button');
    const { page } = board;
    await board.reach(1);
    const views = (): Promise<{ start: number; end: number; following: boolean }[]> =>
      page.evaluate(() => ['uasync-timeline', 'uasync-logic'].map((name) => (document.querySelector(name) as TimelineElement | LogicElement).viewState));
    await board.timeline.locator('canvas').focus();
    await page.keyboard.press('Home');
    const [all] = await views();
    await page.keyboard.press('+');
    const [timeline, logic] = await views();
    expect(logic).toEqual(timeline);
    expect(timeline?.following).toBe(false);
    expect((timeline?.end ?? 0) - (timeline?.start ?? 0)).toBeCloseTo(((all?.end ?? 0) - (all?.start ?? 0)) / 2, 0);
    await page.keyboard.press('Home');
    for (const key of ['ArrowDown', 'ArrowDown', 'Shift+ArrowLeft']) await page.keyboard.press(key);
    await expect.poll(() => board.timeline.locator('.tooltip').textContent(), WAIT).toMatch(/^async_main ran for .*woken by the timer/s);
    await page.keyboard.press('End');
    expect((await views()).map(({ following }) => following)).toEqual([true, true]);

    // Two cursors, by keys, by dragging, and gone again: the same for the pins.
    const marks = (name: string): Promise<MarksState> => page.locator(name).evaluate((element) => (element as TimelineElement | LogicElement).marksState);
    await page.click('#run');
    await page.keyboard.press('Escape');
    await board.timeline.locator('canvas').focus();
    for (const key of ['Home', 'a', '+', '+', 'End', 'b']) await page.keyboard.press(key);
    const sums = board.timeline.getByRole('region', { name: 'Selected time' });
    await board.waitForText(sums.locator('.words'), /^A \d.* s, B \d.* s: .* Hz$/);
    expect(await sums.locator('tbody').textContent()).toMatch(/async_main(below )?[\d.]+ %\d+/);
    expect(await marks('uasync-logic')).toEqual(await marks('uasync-timeline'));
    await page.keyboard.press('Delete');
    expect(await sums.isVisible()).toBe(false);
    const box = (await board.timeline.locator('canvas').boundingBox()) as { x: number; y: number };
    await page.keyboard.down('Shift');
    await page.mouse.move(box.x + 200, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 300, box.y + 40);
    await page.mouse.up();
    await page.keyboard.up('Shift');
    const { a, b } = await marks('uasync-logic');
    expect(b).toBeGreaterThan(a ?? Infinity);
    await sums.getByRole('button', { name: 'Show' }).click();
    expect((await views())[0]).toMatchObject({ start: a, end: b });
    await board.timeline.getByRole('searchbox').fill('blink');
    await expect.poll(() => sums.locator('tbody tr').count(), WAIT).toBe(1);
    expect(await sums.locator('tbody').textContent()).toMatch(/^blink/);
    await board.tasks.getByRole('searchbox').pressSequentially('sleep blink'); // with a p, which pauses elsewhere
    expect(await board.tasks.locator('tbody tr:visible').count()).toBe(1);
    expect(await board.state()).toBe('paused');
  });

  it('tells of what the pointer is on', async () => {
    const board = await open('#example=02b_starving');
    await board.reach(0.1);
    const canvas = board.timeline.locator('canvas');
    const atTheBottom = async (): Promise<string | null> => {
      const { height } = (await canvas.boundingBox()) as { height: number }; // it grows with the tasks
      await canvas.hover({ position: { x: 180, y: height - 15 } });
      return board.timeline.locator('.tooltip').textContent();
    };
    await expect.poll(atTheBottom, WAIT).toMatch(/blink waits for its turn/);
  });

  it('exports a trace, and a dump of the pins', async () => {
    const board = await open('#example=03_button');
    await board.reach(0.6);
    const [download] = await Promise.all([board.page.waitForEvent('download'), board.timeline.getByText('Export trace').click()]);
    expect(download.suggestedFilename()).toBe('uasync-trace.json');
    const file = join(tmpdir(), `uasync-trace-${process.pid}.json`);
    await download.saveAs(file);
    const { traceEvents } = JSON.parse(await readFile(file, 'utf8')) as { traceEvents: { ph: string; name: string }[] };
    for (const [ph, name] of [['X', 'blink'], ['X', 'async_main'], ['C', 'GP25'], ['f', 'w']]) {
      expect(traceEvents.some((event) => event.ph === ph && event.name === name), `${ph} ${name}`).toBe(true);
    }
    const [dump] = await Promise.all([board.page.waitForEvent('download'), board.page.getByRole('button', { name: 'Save VCD' }).click()]);
    await dump.saveAs(file);
    expect(await readFile(file, 'utf8')).toMatch(/^\$comment.*\$var wire 1 : GP25 \$end.*#\d+\n[01]:/s);
  });
});

describe('a task that does not let go', () => {
  const SENTENCE = /^async_main has not let go for [\d.]+ m?s, since 0\.\d{3} s, at 02b_starving\.cpp:2[0-3]$/;

  it('is told of without scrolling, in the title too, and leads to the line', async () => {
    const board = await open('#example=02b_starving', { viewport: { width: 1000, height: 600 } });
    await board.waitForText(board.news, SENTENCE);
    await expect.poll(() => board.page.title(), WAIT).toMatch(/^async_main has not let go at 02b_starving\.cpp:2\d for [\d.]+ m?s, since 0\.\d{3} s/);
    for (const top of [0, 100_000]) {
      await board.page.evaluate((to) => scrollTo(0, to), top);
      await expect.poll(() => board.news.evaluate((element) => element.getBoundingClientRect().top), WAIT).toBeLessThan(600);
      expect(await board.news.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThanOrEqual(0);
    }
    await board.news.getByRole('button').click();
    await expect.poll(() => board.page.locator('#source-cpp .shown').count(), WAIT).toBe(1);
    await board.page.locator('#example').selectOption('03_button');
    await board.waitForText(board.news, /^Longest step so far: /);
    await expect.poll(() => board.page.title(), WAIT).toMatch(/^3\. /);
  });

  it('has the run pause at the limit, once for each step', async () => {
    const board = await open('#example=03_button');
    const { page } = board;
    await page.locator('#limit').selectOption('100 ms');
    await page.locator('#pause-on-step').check();
    await page.locator('#example').selectOption('02b_starving');
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    await board.waitForText(board.news, /^async_main has not let go for 100 ms, since 0\.\d{3} s, at /);
    expect(await board.seconds()).toBeLessThan(0.102);
    await page.click('#run');
    await board.reach(0.2);
    expect(await board.state()).toBe('running');
  });
});

describe('the pins', () => {
  it('are those of the board, and others can be chosen', async () => {
    const board = await open('#example=03_button');
    await board.reach(1);
    const logic = board.page.locator('uasync-logic');
    const summary = (): Promise<string> => logic.evaluate((element) => (element as LogicElement).summary);
    expect(await summary()).toMatch(/^GP15 .* is high.*GP25 LED is (high|low), \d+ edges\.$/);
    const field = logic.getByRole('textbox', { name: 'Decode' });
    await field.fill('uart');
    await field.press('Enter');
    expect(await board.message('cannot be decoded')).toContain('uart GP4 115200');
    await field.fill('uart GP25 50');
    await field.press('Enter');
    await expect.poll(summary, WAIT).toMatch(/UART has said (nothing|\d+ words, the last .+)\.$/);
    await field.fill('');
    await field.press('Enter');
    await logic.locator('summary').click();
    await logic.getByRole('checkbox', { name: /GP15/ }).uncheck();
    expect(await summary()).toMatch(/^GP25 LED is [^.]*\.$/);
  });
});

describe('the table of tasks', () => {
  it('tells what each waits for, and leads to the line', async () => {
    const board = await open('#example=03_button');
    await board.reach(0.3);
    await board.page.click('#run');
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    const rows = await board.tasks.locator('tbody tr:not(.detail)').allTextContents();
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatch(/^async_main.*sleep, (in \d|due).*03_button\.cpp:\d+/);
    expect(rows[1]).toMatch(/^blink.*sleep, (in \d|due).*03_button\.cpp:\d+/);
    await board.tasks.locator('tr .place').first().click();
    expect(await board.page.locator('#source-cpp .shown').textContent()).toContain('co_await sleep_ms(40)');

    const toggle = board.tasks.locator('.toggle').first();
    await toggle.focus();
    await board.page.keyboard.press('Enter');
    expect(await toggle.getAttribute('aria-expanded')).toBe('true');
    expect(await board.tasks.locator('.detail:not([hidden]) ol').textContent()).toMatch(/^wait_button.*async_main/);
  });
});
