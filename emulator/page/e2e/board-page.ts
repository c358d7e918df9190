import assert from 'node:assert/strict';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, expect, inject } from 'vitest';

/** How long anything may take that a test waits for: much longer than it does, for machines that are busy with something else. */
const PATIENCE = 20_000;

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>, what: string): Promise<void> {
  await expect.poll(isSo, { timeout: PATIENCE, interval: 30, message: `waiting for ${what}` }).toBe(true);
}

/**
 * Gives a test file a function that opens the page, at an example such as `#example=01_blink`, and waits until it runs. `prepare` is called before.
 *
 * After each test its pages are closed; it fails if one of them has reported an error, or has asked for anything from elsewhere.
 *
 * @param base where the page is; from the server that all tests share without it
 */
export function usePages(base: () => string = () => inject('address')): (address?: string, options?: BrowserContextOptions, prepare?: (page: Page) => Promise<void>) => Promise<BoardPage> {
  let browser: Promise<Browser> | undefined;
  let pages: BoardPage[] = [];
  afterEach(async () => {
    const opened = pages;
    pages = [];
    for (const { page } of opened) await page.context().close();
    assert.deepEqual(opened.flatMap(({ problems }) => problems), []);
  });
  afterAll(async () => (await browser)?.close());
  return async (address = '', options = {}, prepare = async () => undefined) => {
    browser ??= chromium.connect(inject('browser'));
    const context = await (await browser).newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
    const board = new BoardPage(await context.newPage(), base());
    pages.push(board);
    await prepare(board.page);
    await board.page.goto(base() + address);
    await until(async () => (await board.state()) !== 'loading', 'the firmware to start');
    return board;
  };
}

/** The page with the board, as a user sees it. */
export class BoardPage {
  /** What went wrong so far. */
  readonly problems: string[] = [];
  readonly banner: Locator;
  readonly timeline: Locator;
  readonly tasks: Locator;
  /** The line that stays in view. */
  readonly news: Locator;

  constructor(readonly page: Page, private readonly base: string) {
    this.banner = page.locator('#banner');
    this.timeline = page.locator('#timeline');
    this.tasks = page.locator('#tasks');
    this.news = page.locator('#news p');
    this.watch();
  }

  /** `running`, `paused` or `ended`. */
  async state(): Promise<string> {
    return (await this.page.locator('#state').textContent()) ?? '';
  }

  /** Simulated time. */
  async seconds(): Promise<number> {
    return Number.parseFloat((await this.page.locator('#time').textContent()) ?? '');
  }

  /** Waits until simulated time is at a moment or after it. */
  async reach(seconds: number): Promise<void> {
    await this.page.waitForFunction((least) => Number.parseFloat(document.querySelector('#time')?.textContent ?? '') >= least, seconds, { timeout: PATIENCE });
  }

  async waitForText(element: Locator, wanted: RegExp): Promise<void> {
    await expect.poll(() => element.textContent(), { timeout: PATIENCE, interval: 30 }).toMatch(wanted);
  }

  /** The lines on the console that have something on them. */
  async lines(): Promise<string[]> {
    const lines = await this.page.locator('#console .xterm-rows > div').allTextContents();
    return lines.map((line) => line.replaceAll('\u00a0', ' ').trim()).filter((line) => line !== '');
  }

  /** Waits until the console has so many lines. */
  async waitForLines(count: number): Promise<string[]> {
    await expect.poll(() => this.lines(), { timeout: PATIENCE, interval: 30 }).toHaveLength(count);
    return this.lines();
  }

  /** Waits until the console has so many lines, each of them a number. */
  async waitForNumbers(count: number): Promise<number[]> {
    const numbers = (await this.waitForLines(count)).map(Number);
    assert.ok(numbers.every(Number.isInteger), `on the console is ${numbers.join(', ')}`);
    return numbers;
  }

  /** Waits for a message about a file, and closes it. */
  async message(about: string): Promise<string> {
    await expect.poll(() => this.banner.textContent(), { timeout: PATIENCE, interval: 30 }).toContain(about);
    const text = (await this.banner.locator('span').textContent()) ?? '';
    await this.banner.getByRole('button', { name: 'Close' }).click();
    assert.equal(await this.banner.isVisible(), false);
    return text;
  }

  /** The program that the list shows. */
  chosen(): Promise<string> {
    return this.page.locator('#example').evaluate((list) => (list as HTMLSelectElement).selectedOptions[0]?.text ?? '');
  }

  private watch(): void {
    const { page, problems } = this;
    const { origin } = new URL(this.base);
    page.on('pageerror', ({ message }) => problems.push(`error: ${message}`));
    page.on('crash', () => problems.push('the page crashed'));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(`on the console: ${message.text()}`);
    });
    page.on('response', (response) => {
      if (response.status() >= 400) problems.push(`${response.url()}: ${response.status()}`);
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.origin !== origin && !['data:', 'blob:'].includes(url.protocol)) problems.push(`asked for ${request.url()}`);
    });
  }
}
