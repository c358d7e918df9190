import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Axe {
  readonly axe: { run(options: RunOptions): Promise<AxeResults> };
}

/** What the rules of axe-core object to: the rule, and where, a line each. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  // That names begin with what is seen is still an experiment of theirs, and left out by default.
  const options = { rules: { 'label-content-name-mismatch': { enabled: true } } };
  const { violations } = await page.evaluate((options) => (window as unknown as Axe).axe.run(options), options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} at ${target.flat().join(' ')}: ${failureSummary?.split('\n').at(1)?.trim()}`));
}
