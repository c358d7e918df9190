/**
 * How fast the emulator is while all eight state machines of PIO are stalled and the core is busy, beside rp2040js with its PIO stepped in each
 * cycle, both in turns in the same process.
 *
 *     node pio.mjs folder-of-the-emulator
 *
 * Prints simulated megahertz by the processor time of this process, as JSON: {"ours": ..., "rp2040js": ...}.
 */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compare, warmUp } from './side-by-side.mjs';

const emulator = resolve(process.argv[2]);
const { Pico, SymbolTable } = await import(pathToFileURL(join(emulator, 'dist', 'index.js')));
const { RP2040 } = createRequire(join(emulator, 'package.json'))('rp2040js');

const FLASH = 0x10000000;
const STACK = 0x20042000;
const PIO = [0x50200000, 0x50300000];
const INSTR_MEM0 = 0x48;
const ALL_MACHINES = 0xf;
const PULL = 0x80a0; // from a FIFO into which nobody writes

/** Stores PULL into both blocks, starts their machines, and counts for ever. */
const code = [];
const constant = (register, value) => {
  code.push(0x2000 | (register << 8) | (value >>> 24));
  for (const shift of [16, 8, 0]) code.push(0x0200 | (register << 3) | register, 0x3000 | (register << 8) | ((value >>> shift) & 0xff));
};
for (const block of PIO) {
  for (const [address, value] of [[block + INSTR_MEM0, PULL], [block + 0xcc, 0], [block, ALL_MACHINES]]) {
    constant(0, address);
    constant(1, value);
    code.push(0x6001); // str r1, [r0]
  }
}
code.push(0x3001, 0x3101, 0x4048, 0xe7fb); // adds, adds, eors, and back

const bytes = new Uint8Array(8 + 2 * code.length);
const view = new DataView(bytes.buffer);
[STACK, FLASH + 8 + 1].forEach((word, index) => view.setUint32(4 * index, word, true));
code.forEach((halfword, index) => view.setUint16(8 + 2 * index, halfword, true));

const NANOS_PER_CYCLE = 8;
const CYCLES_A_ROUND = { ours: 25e6, rp2040js: 1e6 };

const none = new SymbolTable([]);
const pico = new Pico({ segments: [{ address: FLASH, bytes }], symbols: none, objects: none, words: new Uint8Array(), debug: undefined });
const chip = new RP2040();
chip.logger = { debug() {}, info() {}, warn() {}, error() {} };
chip.flash.set(bytes);
chip.core.VTOR = FLASH;
chip.core.SP = STACK;
chip.core.PC = FLASH + 8;
for (const block of chip.pio) block.run = () => {}; // which would be by a timer of the host

const run = {
  ours(cycles) {
    pico.run(pico.nanos + cycles * NANOS_PER_CYCLE);
    if (pico.ending !== undefined) throw new Error(pico.ending.text);
  },
  rp2040js(cycles) {
    const { core, clock, pio } = chip;
    for (let left = cycles; left > 0; ) {
      const spent = core.executeInstruction();
      clock.tick(spent * NANOS_PER_CYCLE);
      for (let cycle = 0; cycle < spent; cycle++) for (const block of pio) if (!block.stopped) block.step();
      left -= spent;
    }
  },
};

warmUp(run, CYCLES_A_ROUND);
for (const block of PIO) {
  const seen = [pico.inspect.peripheral(block), chip.readUint32(block)].map((control) => control & ALL_MACHINES);
  if (seen.some((machines) => machines !== ALL_MACHINES)) throw new Error('the machines do not run');
}
console.log(JSON.stringify(compare(run, CYCLES_A_ROUND, () => process.cpuUsage().user)));
