/**
 * The same as busy.mjs in a browser, where the page runs it: in turns in the same worker.
 *
 *     node busy-chromium.mjs folder-of-the-emulator firmware.elf path-of-the-browser
 *
 * Prints simulated megahertz by the clock, as a worker knows of no other time, as JSON: {"ours": ..., "rp2040js": ...}.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [emulator, firmware, executablePath] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(emulator, 'package.json'));
const here = dirname(fileURLToPath(import.meta.url));
const PATIENCE = 120_000; // milliseconds

const WORKER = `
import * as emulator from ${JSON.stringify(join(emulator, 'dist', 'index.js'))};
import { RP2040 } from 'rp2040js';
import { BUSY_CYCLES, busyPair } from ${JSON.stringify(join(here, 'busy-pair.mjs'))};
import { compare, warmUp } from ${JSON.stringify(join(here, 'side-by-side.mjs'))};

onmessage = ({ data }) => {
  const run = busyPair(emulator, RP2040, data);
  warmUp(run, BUSY_CYCLES);
  postMessage(compare(run, BUSY_CYCLES, () => performance.now() * 1000));
};
`;

const bundle = require('esbuild').buildSync({
  stdin: { contents: WORKER, resolveDir: emulator },
  bundle: true,
  format: 'iife',
  write: false,
});

/** An empty page, the worker, and the firmware. */
const files = { '/': '<!doctype html>', '/worker.js': bundle.outputFiles[0].text, '/firmware': readFileSync(firmware) };
const types = { '/': 'text/html', '/worker.js': 'text/javascript' };
const server = createServer(({ url }, response) => {
  response.writeHead(url in files ? 200 : 404, { 'Content-Type': types[url] ?? 'application/octet-stream' });
  response.end(files[url]);
});
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));

const browser = await require('playwright-core').chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const megahertz = await page.evaluate(async () => {
    const worker = new Worker('worker.js');
    const answer = new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    worker.postMessage(new Uint8Array(await (await fetch('firmware')).arrayBuffer()));
    return answer;
  });
  console.log(JSON.stringify(megahertz));
} finally {
  await browser.close();
  server.close();
}
