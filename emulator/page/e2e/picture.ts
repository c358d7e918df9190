import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** For people who want to look: saves a picture of a page in the folder that UASYNC_SCREENSHOTS names, if it names one. */
export async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  const folder = process.env['UASYNC_SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}
