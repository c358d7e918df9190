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

/** How long it takes from clicks on Pause to what they do in the emulator and back on the page, in milliseconds: the shortest first. */
function pausesOf({ page }: BoardPage, count: number): Promise<number[]> {
  return page.evaluate(async (count) => {
    const click = async (): Promise<number> => {
      const changed = new Promise((resolve) => new MutationObserver(resolve).observe(document.querySelector('#state') as Node, { childList: true }));
      const start = performance.now();
      (document.querySelector('#run') as HTMLButtonElement).click();
      await changed;
      await new Promise(requestAnimationFrame);
      return performance.now() - start;
    };
    const pauses: number[] = [];
    for (let left = count; left > 0; left--) {
      // At first simulated time keeps up, so it is not yet as busy as it can be.
      for (let frames = 15; frames > 0; frames--) await new Promise(requestAnimationFrame);
      pauses.push(await click());
      await click();
    }
    return pauses.sort((a, b) => a - b);
  }, count);
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
    assert.equal(await board.state(), 'running');
    // Nine of ten, and once more if somebody else has had the processor.
    let slowest = (await pausesOf(board, 10))[8] as number;
    if (slowest >= 200) slowest = (await pausesOf(board, 10))[8] as number;
    expect(slowest).toBeLessThan(200);
    assert.equal(await board.state(), 'running');
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
