import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { until } from './board-page.js';
import { picture } from './picture.js';
import { serveSite } from './site-server.js';

const CLASS_PAGE = 'api/classuasync_1_1Queue.html';
const PAGES = ['index.html', 'tutorial.html', 'reference.html', 'source/examples/05_queue.cpp.html', 'api/index.html', CLASS_PAGE, 'api/group__task.html'];

/** The site of `./uasync docs`: the book, the API reference and the board page. */
describe('the documentation', () => {
  let server: Server;
  let address = '';
  let browser: Browser;
  let pages: Page[] = [];
  let problems: string[] = [];

  beforeAll(async () => {
    const site = process.env['UASYNC_DOCS'] ?? '';
    if (!existsSync(join(site, CLASS_PAGE))) throw new Error('UASYNC_DOCS has to name the folder that ./uasync docs --out DIR has written');
    ({ server, address } = await serveSite(site, '/docs/of/uasync/'));
    browser = await chromium.connect(inject('browser'));
  });
  afterEach(async () => {
    for (const page of pages) await page.context().close();
    pages = [];
    const found = problems;
    problems = [];
    assert.deepEqual(found, []);
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });

  /** Opens a page, whose errors and whose requests to elsewhere fail the test. */
  async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage();
    pages.push(page);
    page.on('pageerror', ({ message }) => problems.push(`${page.url()}: ${message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`${page.url()}: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url())) problems.push(`${page.url()} asks for ${request.url()}`);
    });
    await page.goto(address + path);
    return page;
  }

  const isDark = (page: Page): Promise<boolean> =>
    page.evaluate(() => {
      const parts = (getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
      return parts.reduce((sum, part) => sum + part, 0) < 3 * 128;
    });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1300]) {
      it(`fits into ${width} pixels, ${colorScheme}`, async () => {
        for (const path of PAGES) {
          const page = await open(path, { colorScheme, viewport: { width, height: 900 } });
          await until(async () => (await isDark(page)) === (colorScheme === 'dark'), `${path} to be ${colorScheme}`);
          expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(width);
          await picture(page, `docs-${path.replace(/\W+/g, '-')}-${width}-${colorScheme}`);
          await page.context().close(); // those that stay open take time from the next
        }
      });
    }
  }

  it('finds pages and names of the API with one search', async () => {
    const page = await open('index.html');
    const results = page.locator('.md-search-result__link');
    for (const [words, place] of [['starving', /\/tutorial\.html/], ['PriorityQueue', /\/api\/classuasync_1_1PriorityQueue\.html/]] as const) {
      await page.locator('.md-search__input').fill('');
      await page.locator('.md-search__input').pressSequentially(words); // the search listens to keys
      await until(async () => place.test((await results.evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href))).join('\n')), `what is found for ${words}`);
    }
  });

  it("has a search of the API's own", async () => {
    const page = await open('api/index.html');
    await page.locator('#MSearchField').first().pressSequentially('ThreadSafeQ');
    const results = page.frameLocator('#MSearchResults').locator('.SRSymbol');
    await until(async () => (await results.allTextContents()).some((text) => text.includes('ThreadSafeQueue')), 'the results');
  });

  it('leads from the book to the API and back', async () => {
    const page = await open('reference.html');
    await page.locator('article a', { hasText: /^Queue$/ }).click();
    await page.waitForURL(`**/${CLASS_PAGE}`);
    await page.locator('.book a', { hasText: 'Which one do I need?' }).click();
    await page.waitForURL('**/reference.html');
  });

  it('runs an example of the API on the board', async () => {
    const page = await open(CLASS_PAGE);
    await page.locator('p.run a').click();
    await page.waitForURL('**/board/index.html#example=queue');
    await until(async () => (await page.locator('#state').textContent()) === 'ended', 'the example to end');
    await until(async () => (await page.locator('#console .xterm-rows').textContent())?.includes('would have to wait') === true, 'the console to show its end');
  });

  it('keeps the colours that were chosen', async () => {
    const page = await open(CLASS_PAGE, { colorScheme: 'light' });
    await page.locator('#colours').click();
    await until(() => isDark(page), 'the API to be dark');
    await page.goto(`${address}tutorial.html`);
    await until(() => isDark(page), 'the book to be dark');
  });
});
