/**
 * How fast the emulator executes a firmware that never sleeps, beside rp2040js as it is, both in turns in the same process.
 *
 *     node busy.mjs folder-of-the-emulator firmware.elf
 *
 * Prints simulated megahertz by the processor time of this process, as JSON: {"ours": ..., "rp2040js": ...}.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUSY_CYCLES, busyPair } from './busy-pair.mjs';
import { compare, warmUp } from './side-by-side.mjs';

const [emulator, firmware] = process.argv.slice(2).map((path) => resolve(path));
const { RP2040 } = createRequire(join(emulator, 'package.json'))('rp2040js');
const run = busyPair(await import(pathToFileURL(join(emulator, 'dist', 'index.js'))), RP2040, readFileSync(firmware));
const micros = () => process.cpuUsage().user;

warmUp(run, BUSY_CYCLES);
console.log(JSON.stringify(compare(run, BUSY_CYCLES, micros)));
