import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { serveSite } from './site-server.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the page is. */
    address: string;
    /** The folder that it is served from. */
    site: string;
    /** Where the browser listens. */
    browser: string;
  }
}

/** Where distributions put it. The one that cannot open a window takes half of the processor's time. */
const BROWSERS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Without a desktop, and without calls home. */
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Serves the built site, and starts the one browser that all tests share. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const site = resolve(process.env['UASYNC_SITE'] ?? '');
  if (!process.env['UASYNC_SITE'] || !existsSync(join(site, 'index.html'))) {
    throw new Error('UASYNC_SITE has to name the folder of the built site; ./uasync page --out DIR writes it');
  }
  const executablePath = [process.env['UASYNC_CHROMIUM'], ...BROWSERS].find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium found; install it, or name it by UASYNC_CHROMIUM');
  const { server, address } = await serveSite(site, '/some/folder/');
  const browser = await chromium.launchServer({ executablePath, args: ARGUMENTS });
  project.provide('address', address);
  project.provide('site', site);
  project.provide('browser', browser.wsEndpoint());
  return async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  };
}
