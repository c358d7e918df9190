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
import { compare, warmUp } from './side-by-side.mjs';

const [emulator, firmware] = process.argv.slice(2).map((path) => resolve(path));
const { parseImage, Pico } = await import(pathToFileURL(join(emulator, 'dist', 'index.js')));
const { RP2040 } = createRequire(join(emulator, 'package.json'))('rp2040js');

const FLASH = 0x10000000;
const BOOT2_BYTES = 0x100;
const NANOS_PER_CYCLE = 8;
const CYCLES_A_ROUND = { ours: 25e6, rp2040js: 5e6 };

const image = parseImage(readFileSync(firmware));
const pico = new Pico(image);
pico.awaitsInput = true;

const chip = new RP2040();
chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
for (const { address, bytes } of image.segments) chip.flash.set(bytes, address - FLASH);
chip.core.VTOR = FLASH + BOOT2_BYTES;
chip.core.SP = chip.readUint32(chip.core.VTOR);
chip.core.PC = chip.readUint32(chip.core.VTOR + 4) & ~1;
chip.uart[0].onByte = () => {};

const run = {
  ours(cycles) {
    pico.run(pico.nanos + cycles * NANOS_PER_CYCLE);
    if (pico.ending !== undefined || pico.asleepCycles > 0) throw new Error('the firmware does not stay busy');
  },
  rp2040js(cycles) {
    const { core, clock } = chip;
    for (let left = cycles; left > 0; ) {
      if (core.waiting) throw new Error('the firmware does not stay busy');
      const spent = core.executeInstruction();
      clock.tick(spent * NANOS_PER_CYCLE);
      left -= spent;
    }
  },
};

warmUp(run, CYCLES_A_ROUND);
compare(run, CYCLES_A_ROUND);
