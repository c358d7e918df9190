import assert from 'node:assert/strict';
import { describe, expect, it } from 'vitest';
import { type BoardPage, until, usePages } from './board-page.js';

const open = usePages();

/** Another program may have the processor for a while: what is measured has to be good enough once in so long. */
const TRIES = { timeout: 40_000, interval: 10 };

/** Simulated time over real time, for two seconds of the latter: as it is shown on the page. */
function paceOf({ page }: BoardPage): Promise<number> {
  return page.evaluate(async () => {
    const shown = document.querySelector('#time') as HTMLElement;
    const look = (): Promise<{ real: number; simulated: number }> =>
      new Promise((changed) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          changed({ real: performance.now() / 1000, simulated: Number.parseFloat(shown.textContent ?? '') });
        });
        observer.observe(shown, { childList: true });
      });
    const first = await look();
    let last = first;
    while (last.real - first.real < 2) last = await look();
    return (last.simulated - first.simulated) / (last.real - first.real);
  });
}

/** From a click to what it has done in the emulator and back on the page, in milliseconds. */
function clickOf({ page }: BoardPage): Promise<number> {
  return page.evaluate(async () => {
    const changed = new Promise((resolve) => new MutationObserver(resolve).observe(document.querySelector('#state') as Node, { childList: true }));
    const start = performance.now();
    (document.querySelector('#run') as HTMLButtonElement).click();
    await changed;
    await new Promise(requestAnimationFrame);
    return performance.now() - start;
  });
}

describe('the pace', () => {
  it('is that of real time while a firmware mostly sleeps', async () => {
    const board = await open('#example=05_queue');
    await board.reach(0.3);
    // Until the first press its LED changes as fast as it can.
    await board.page.keyboard.press(' ', { delay: 60 });
    await board.waitForNumbers(1);
    await until(async () => Number.parseFloat((await board.page.locator('#asleep').textContent()) ?? '') > 90, 'the firmware to sleep');
    await expect.poll(() => paceOf(board), TRIES).toBeGreaterThanOrEqual(0.99);
  });

  it('is as fast as it goes when that is wanted', async () => {
    const board = await open('#example=01_blink');
    await board.page.locator('#speed').selectOption('Infinity');
    await board.reach(100);
  });

  it('of a firmware that never sleeps leaves the page usable: a click has its effect within 200 ms', async () => {
    const board = await open('#example=02b_starving');
    await board.reach(0.1);
    for (const wanted of ['paused', 'running', 'paused']) {
      await expect.poll(async () => {
        const millis = await clickOf(board);
        // The state must be the one that was asked for; what took too long is tried again from where it began.
        if (millis >= 200) await clickOf(board);
        return millis;
      }, TRIES).toBeLessThan(200);
      assert.equal(await board.state(), wanted);
    }
  });
});

describe('the page', () => {
  it('is seen within a second', async () => {
    const board = await open();
    const firstPaint = async (): Promise<number> => {
      await board.page.reload();
      return board.page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            new PerformanceObserver((list) => {
              for (const { name, startTime } of list.getEntries()) if (name === 'first-contentful-paint') resolve(startTime);
            }).observe({ type: 'paint', buffered: true });
          }),
      );
    };
    await expect.poll(firstPaint, TRIES).toBeLessThan(1000);
  });
});
