import { describe, expect, inject, it } from 'vitest';
import { until, usePages } from './board-page.js';
import { picture } from './picture.js';

const open = usePages();

/** What a reader must be able to tell apart, as the ratio of luminances: 4.5 in the accessibility guidelines. */
const CONTRAST = 4.5;

/** How the page looks in the browser: runs there. */
function measure(): { width: number; isDark: boolean; contrast: number; tooWide: string[] } {
  const probe = document.createElement('i');
  document.body.append(probe);
  const luminance = (colour: string): number => {
    probe.style.color = colour;
    const parts = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).slice(0, 3);
    const [r, g, b] = parts.map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrasts = ['--text', '--text-muted'].flatMap((text) =>
    ['--page', '--surface'].map((back) => {
      const [a, b] = [luminance(`var(${text})`), luminance(`var(${back})`)];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }),
  );
  const isDark = luminance('var(--page)') < 0.2;
  probe.remove();
  // What scrolls by itself, and the picture's parts, may be wider than what is seen of them.
  const tooWide = [...document.querySelectorAll('main *, header *')].filter((element) => {
    const { right, width } = element.getBoundingClientRect();
    return width > 0 && right > innerWidth + 1 && element.closest('.source, .xterm, svg, .spoken') === null;
  });
  return { width: document.documentElement.scrollWidth, isDark, contrast: Math.min(...contrasts), tooWide: tooWide.map(({ outerHTML }) => outerHTML.slice(0, 80)) };
}

/** What can be pressed and has no name for those who do not see it: runs in the browser. */
function nameless(): string[] {
  const all = (root: Document | ShadowRoot): Element[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [element, ...(element.shadowRoot === null || element.localName.startsWith('wokwi-') ? [] : all(element.shadowRoot))]);
  const isNamed = (element: Element): boolean => {
    const texts = [element.textContent, element.getAttribute('aria-label'), element.getAttribute('title'), element.getAttribute('aria-labelledby')];
    return texts.some((text) => (text ?? '').trim() !== '') || ((element as HTMLInputElement).labels?.length ?? 0) > 0;
  };
  const pressable = all(document).filter((element) => element.matches('button:not([hidden]), select, input:not([hidden]), textarea, [tabindex="0"], [role=button]'));
  return pressable.filter((element) => !isNamed(element)).map(({ outerHTML }) => outerHTML.slice(0, 120));
}

describe('the page', () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 800, 1400]) {
      it(`fits into ${width} pixels, ${colorScheme}`, async () => {
        const board = await open('', { viewport: { width, height: 900 }, colorScheme });
        await board.reach(0.4);
        await board.page.click('#run');
        await until(async () => (await board.state()) === 'paused', 'it to be paused');
        await picture(board.page, `${colorScheme}-${width}`, true);
        const look = await board.page.evaluate(measure);
        expect(look).toMatchObject({ width, isDark: colorScheme === 'dark', tooWide: [] });
        expect(look.contrast).toBeGreaterThan(CONTRAST);
      });
    }
  }

  it('has a console that is no higher after the window was wide', async () => {
    const board = await open('', { viewport: { width: 1400, height: 900 } });
    const height = async (): Promise<number> => (await board.page.locator('#console').boundingBox())?.height ?? 0;
    await expect.poll(height).toBeGreaterThan(300);
    await board.page.setViewportSize({ width: 700, height: 900 });
    await expect.poll(height).toBeLessThan(230);
  });

  it('names the columns of the tasks that have no room', async () => {
    const board = await open('', { viewport: { width: 1400, height: 900 } });
    await board.tasks.locator('tbody tr').first().waitFor();
    const folded = board.tasks.locator('.folded');
    expect(await folded.isVisible()).toBe(false);
    await board.page.setViewportSize({ width: 360, height: 900 });
    await expect.poll(() => folded.innerText()).toBe('Unfold a task for more: since, share, longest step, wakes, bytes.');
    await board.page.setViewportSize({ width: 800, height: 900 });
    await expect.poll(() => folded.innerText()).toBe('Unfold a task for more: wakes, bytes.');
  });

  it('has a name for everything that one can press', async () => {
    const board = await open();
    await board.reach(0.2);
    expect(await board.page.evaluate(nameless)).toEqual([]);
  });

  it('is compact in a frame, and does what the page that may control it asks for', async () => {
    const { origin } = new URL(inject('address'));
    const board = await open(`?embed=${origin}`, { viewport: { width: 500, height: 700 } });
    await board.reach(0.1);
    expect(await board.page.locator('uasync-tasks, uasync-timeline, header, #source-cpp').filter({ visible: true }).count()).toBe(0);
    expect(await board.page.locator('#board').isVisible()).toBe(true);
    await picture(board.page, 'embed', true);
    await board.page.evaluate(() => postMessage({ uasync: 'pause' }, '*'));
    await until(async () => (await board.state()) === 'paused', 'it to be paused');
    await board.page.evaluate(() => postMessage({ uasync: 'open', example: '06_race' }, '*'));
    await until(async () => (await board.state()) === 'ended', 'the other program to end');
  });

  it('keeps the colours that were chosen', async () => {
    const { page } = await open('', { colorScheme: 'light' });
    await page.click('#theme');
    await page.reload();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
  });
});
