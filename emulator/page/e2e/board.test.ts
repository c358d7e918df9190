import type { Locator } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { LogicElement } from '../src/instruments/index.js';
import { type BoardPage, until, usePages } from './board-page.js';

const open = usePages();

const WAIT = { timeout: 10_000, interval: 30 };

/** The moments, in simulated seconds, at which the level of a pin changed. */
function edgesOf({ page }: BoardPage, pin: number): Promise<number[]> {
  return page.evaluate((wanted) => {
    const logic = document.querySelector('uasync-logic') as LogicElement;
    return logic.edges().filter((edge) => edge.pin === wanted).map(({ nanos }) => nanos / 1e9);
  }, pin);
}

/** What the LED's picture says. */
async function ledOf({ page }: BoardPage): Promise<string> {
  return (await page.getByRole('img', { name: /LED on GP25/ }).getAttribute('aria-label')) ?? '';
}

function buttonOf({ page }: BoardPage): Locator {
  return page.getByRole('button', { name: /GP15/ });
}

/** Two presses, and what has to come of them. */
async function expectPressesToCount(board: BoardPage, press: () => Promise<void>): Promise<void> {
  await board.reach(0.3);
  await press();
  await board.waitForLines(1);
  await board.reach((await board.seconds()) + 0.4);
  await press();
  const interval = Number((await board.waitForLines(2))[1]);
  // Beside the presses there is the edge of the pull-up, at the start.
  const [, first, , second] = (await edgesOf(board, 15)) as [number, number, number, number];
  // The program samples its button every 40 ms, and counts whole milliseconds.
  expect(Math.abs(interval - (second - first) * 1000)).toBeLessThanOrEqual(41);

  for (const level of ['on', 'off', 'on']) await until(async () => (await ledOf(board)).includes(`: ${level}`), `the LED to be ${level}`);
  await expect.poll(async () => (await edgesOf(board, 25)).filter((at) => at > second + 0.05).length, WAIT).toBeGreaterThan(3);
  const [before, after] = (await edgesOf(board, 25)).slice(-2) as [number, number];
  expect(after - before).toBeCloseTo(interval / 1000, 3);
}

describe('the button', () => {
  it('is pressed with the mouse: the console tells the interval, and the LED blinks at it', async () => {
    const board = await open('#example=05_queue');
    await expectPressesToCount(board, () => buttonOf(board).click());
  });

  it('is pressed by keyboard, with the focus on it', async () => {
    const board = await open('#example=05_queue');
    await buttonOf(board).focus();
    await expectPressesToCount(board, () => board.page.keyboard.press('Enter'));
  });

  it('is pressed by its key, wherever the focus is', async () => {
    const board = await open('#example=05_queue');
    await expectPressesToCount(board, () => board.page.keyboard.press('Space'));
  });

  it('stays down as long as it is held', async () => {
    const board = await open('#example=05_queue');
    await board.reach(0.3);
    await buttonOf(board).hover();
    await board.page.mouse.down();
    await expect.poll(async () => (await edgesOf(board, 15)).length, WAIT).toBe(2);
    const from = await board.seconds();
    await board.reach(from + 0.5);
    await board.page.mouse.up();
    await expect.poll(async () => (await edgesOf(board, 15)).length, WAIT).toBe(3);
    const [, down, up] = (await edgesOf(board, 15)) as [number, number, number];
    expect(up - down).toBeGreaterThan(0.4);
  });
});

describe('the run', () => {
  it('pauses, goes on step by step, and runs again', async () => {
    const board = await open('#example=01_blink');
    const { page } = board;
    await board.reach(0.7);
    await page.click('#run');
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    const [paused, edges] = [await board.seconds(), await edgesOf(board, 25)];
    await page.waitForTimeout(150);
    expect(await board.seconds()).toBe(paused);

    // Between two steps the program sleeps for half a second; in each the LED changes.
    for (let steps = 1; steps <= 2; steps++) {
      if (steps === 1) await page.click('#step');
      else await page.keyboard.press('s');
      await expect.poll(async () => (await edgesOf(board, 25)).length, WAIT).toBe(edges.length + steps);
      expect(await board.seconds()).toBeCloseTo((edges.at(-1) as number) + steps * 0.5, 2);
      await until(async () => (await board.state()) === 'paused', 'it to be paused');
    }

    await page.keyboard.press('p');
    await until(async () => (await board.state()) === 'running', 'it to be running');
    await board.reach((await board.seconds()) + 0.3);
  });

  it('begins again after a reset', async () => {
    const board = await open('#example=01_blink');
    await board.reach(1.2);
    await board.page.click('#reset');
    await expect.poll(() => board.seconds(), WAIT).toBeLessThan(1);
    await board.reach(0.1);
    expect((await edgesOf(board, 25)).every((at) => at < 1)).toBe(true);
  });

  it('is faster or slower on demand', async () => {
    const board = await open('#example=01_blink');
    await board.page.selectOption('#speed', 'Infinity');
    await board.reach(100);
    await board.page.selectOption('#speed', '0.1');
    const from = await board.seconds();
    await board.reach(from + 0.02);
  });
});

describe('the list of examples', () => {
  it('starts with one that says what to do, and keeps pace', async () => {
    const board = await open();
    await board.waitForText(board.page.locator('#todo'), /^Press the button, twice/);
    await board.reach(0.3);
    expect(Number.parseFloat((await board.page.locator('#asleep').textContent()) ?? '')).toBeGreaterThan(90);
    await buttonOf(board).click();
    await board.waitForLines(1);
    await board.reach((await board.seconds()) + 0.4);
    await buttonOf(board).click();
    expect(Number((await board.waitForLines(2))[1])).toBeGreaterThan(300);
  });

  it('has all of them, and each runs', async () => {
    const board = await open('#example=01_blink');
    const { page } = board;
    const names = await page.locator('#example option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    const alsoInPython = ['01_blink', '02_create_task', '02b_starving', '03_button', '04_interval', '05_queue', '06_race', '07_latest'];
    expect(names).toEqual([...alsoInPython, '08_core1', '08b_race', '09_urgent', '10_weather_station', '11_reaction_game', '12_neopixel', '15_pio', '16_thermostat', '17_remote']);
    for (const name of names) {
      await page.selectOption('#example', name);
      await expect.poll(() => page.locator('#source-cpp').textContent(), WAIT).toContain('async_main');
      if (alsoInPython.includes(name)) await expect.poll(() => page.locator('#source-py').textContent(), WAIT).toContain('asyncio.run(main())');
      await expect.poll(() => page.locator('#py-figure').isVisible(), WAIT).toBe(alsoInPython.includes(name));
      await expect.poll(() => page.locator('#todo').textContent(), WAIT).toMatch(/^[A-Z].*\.$/);
      await until(async () => ['running', 'ended'].includes(await board.state()), `${name} to run`);
      expect(await board.banner.isVisible()).toBe(false);
    }
  });
});
