// Follows one press of the button through press.cpp, instruction by instruction, and prints as JSON when it comes to which place, in
// cycles of the processor since the edge: node press.mjs EMULATOR_PACKAGE IMAGE
import { readFileSync } from 'node:fs';

const [emulator, file] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const BUTTON = 15;
const LED = 25;
const EDGE_NANOS = 20e6;

/** The functions by whose entry a stage ends, in the order in which the press comes to them. */
const PLACES = ['port4idle', 'async_main', 'EdgeAwaiter13await_suspend', 'run_tasks', 'light'];

const image = parseImage(readFileSync(file));
let lit;
const pico = new Pico(image, { onEdge: ({ pin, nanos }) => pin === LED && nanos > EDGE_NANOS && (lit = cycles()) });
const cycles = () => ((pico.nanos - EDGE_NANOS) * pico.frequency) / 1e9;
const place = () => image.symbols.at(pico.inspect.programCounter)?.name ?? '';

pico.schedulePress(BUTTON, EDGE_NANOS, 1e6);
while (!place().includes('gpio_interrupt')) pico.run(2 * EDGE_NANOS, 1);
const times = [];
while (lit === undefined) {
  if (times.length < PLACES.length && place().includes(PLACES[times.length])) times.push(cycles());
  pico.run(2 * EDGE_NANOS, 1);
}
const asleep = pico.asleepCycles;
let after = cycles();
while (pico.asleepCycles === asleep && cycles() < 1e4) {
  after = cycles();
  pico.run(2 * EDGE_NANOS, 1);
}
console.log(JSON.stringify([...times, lit, after].map(Math.round)));
