// Runs a firmware that counts edges, gives it some whenever GP14 changes, and prints as JSON what it printed, when the edges were in microseconds, how it ended, and how many
// cycles the processor was awake for each edge of the slowest burst: node edge_counter.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const [US, CYCLES_PER_US] = [1e3, 125];
const lines = [];
const given = [];
let board;
const pulses = (pin, count, periodNanos, widthNanos, first = 20 * US) => {
  for (let i = 0; i < count; i++) {
    board.at(board.nanos + first + i * periodNanos, () => pico.drive(pin, 0));
    board.at(board.nanos + first + i * periodNanos + widthNanos, () => pico.drive(pin, 1));
    if (pin === 15) given.push((board.nanos + first + i * periodNanos) / US, (board.nanos + first + i * periodNanos + widthNanos) / US);
  }
};
let awakeCycles = 0;
const burst = (periodNanos) => () => pulses(16, 100, periodNanos, periodNanos / 2);
const scenes = [
  () => pulses(15, 3, 1000 * US, 300 * US, 1000 * US),
  () => pulses(15, 1, 0, 10 * US),
  () => {
    pulses(15, 2, 20 * US, 10 * US);
    pulses(15, 1, 0, 500 * US, 3000 * US);
  },
  () => {
    const at = board.nanos;
    const slept = () => pico.asleepNanos;
    let before;
    board.at(at + 15 * US, () => (before = slept()));
    board.at(at + 15 * US + 100 * 20 * US, () => (awakeCycles = ((2000 * US - (slept() - before)) / US / 100) * CYCLES_PER_US));
    burst(20 * US)();
  },
  burst(5 * US),
  burst(3 * US),
  burst(2.5 * US),
  burst(2 * US),
  burst(1 * US),
];
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => lines.push(new TextDecoder().decode(bytes).replace(/\n$/, '')),
  onEdge: ({ pin }) => {
    if (pin === 14) scenes.shift()?.();
  },
});
pico.attach({ connect: (to) => (board = to) });
pico.awaitsInput = true;
pico.run(until * 1e6);
console.log(JSON.stringify({ lines, given, awakeCycles, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }));
