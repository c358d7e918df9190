import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Route } from 'playwright-core';
import { describe, inject, it } from 'vitest';
import { until, usePages } from './board-page.js';

const open = usePages();

const IMAGES: Readonly<Record<string, string>> = { '1': '06_race', '3': '01_blink' };

describe('a program that is built again and again', () => {
  it('runs anew with each build, and goes on when one fails', async () => {
    const connections: Route[] = [];
    const given: string[] = [];
    /** Says what the server of `./uasync watch --page` would, and closes the connection; the page then asks again. */
    const tell = async (event: string): Promise<void> => {
      await until(async () => connections.length > 0, 'the page to ask for news');
      await connections.shift()?.fulfill({ contentType: 'text/event-stream', body: `retry: 10\n${event}\n\n` });
    };
    const opening = open('?watch', {}, async (page) => {
      await page.route('**/watched/events', (route) => void connections.push(route));
      await page.route('**/watched/mine.elf*', async (route) => {
        const build = new URL(route.request().url()).searchParams.get('build') ?? '';
        given.push(build);
        await route.fulfill({ body: await readFile(join(inject('site'), 'examples', `${IMAGES[build]}.elf`)) });
      });
    });
    await tell('id: 1\nevent: image\ndata: mine.elf');
    const board = await opening;
    assert.deepEqual(await board.waitForLines(2), ['without a lock: 1000 of 2000', 'with a lock: 2000 of 2000']);

    await tell('id: 2\nevent: failure\ndata: failed');
    await board.waitForText(board.banner, /could not be built/);
    assert.equal((await board.lines()).length, 2);

    await tell('id: 3\nevent: image\ndata: mine.elf');
    await board.banner.waitFor({ state: 'hidden' });
    await board.waitForLines(0);
    assert.match(await board.page.title(), /^mine\.elf/);
    assert.deepEqual(given, ['1', '3']);
  });
});
