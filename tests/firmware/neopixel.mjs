// Runs a firmware with strips of pixels, and prints as JSON what it printed, how it ended, the frames that the strips showed and the pulses at GP16:
// node neopixel.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { NeoPixel, parseImage, Pico } = await import(emulator);

const lines = [];
const edges = [];
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => lines.push(new TextDecoder().decode(bytes).replace(/\n$/, '')),
  onEdge: ({ pin, level, nanos }) => pin === 16 && edges.push([nanos, level]),
});
pico.awaitsInput = true;

const strips = [
  [new NeoPixel(5), 16],
  [new NeoPixel(3, 'grbw'), 17],
].map(([strip, pin]) => {
  const frames = [];
  strip.onChange = () => frames.push(strip.colours.map(({ red, green, blue, white }) => [red, green, blue, white]));
  pico.pin(pin).attach(strip);
  return { strip, frames };
});
pico.run(until * 1e6);
for (const { strip } of strips) strip.colours; // shows what came last
console.log(
  JSON.stringify({
    lines,
    edges,
    strips: strips.map(({ strip, frames }) => ({ frames, faults: strip.faults })),
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
