// Runs a firmware with an ST7735 and an ILI9341, and prints as JSON what it printed, how it ended, what it took to show something, how often the pixels were
// wrong, and what the displays found wrong: node mipi_display.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Ili9341, parseImage, Pico, St7735 } = await import(emulator);

const [LOOK, MEASURE] = [16, 17];
const small = new St7735();
const large = new Ili9341();
const colorOf = (x, y, number) => (x * 2113 + y * 31 + number * 4099) & 0xffff;
const lines = [];
const measured = [];
let [wrong, looks, begun] = [0, 0, undefined];

/** How many pixels of a rectangle are not what they should be. */
const differing = (display, [left, top, width, height], wanted) => {
  const pixels = display.pixels;
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = 3 * ((top + y) * display.width + left + x);
      const seen = ((pixels[at] >> 3) << 11) | ((pixels[at + 1] >> 2) << 5) | (pixels[at + 2] >> 3);
      if (seen !== wanted(x, y)) count++;
    }
  }
  return count;
};
/** What one sees when a line comes, and how much of it is not as it should be. */
const pictures = {
  whole: () => differing(small, [0, 0, 128, 160], (x, y) => colorOf(x, y, 1)),
  pixel: () => differing(small, [100, 100, 1, 1], () => 0) + differing(small, [99, 100, 1, 1], () => colorOf(99, 100, 1)),
  part: () => differing(small, [20, 30, 60, 20], () => 0) + differing(small, [80, 30, 48, 20], (x, y) => colorOf(80 + x, 30 + y, 1)),
  rows: () => differing(small, [23, 30, 20, 20], () => 0xffff) + differing(small, [43, 30, 37, 20], () => 0),
  fill_rect: () => differing(small, [0, 0, 128, 30], () => 0xf81f) + differing(small, [20, 30, 60, 20], (x, y) => colorOf(x, y, looks)),
  'set up after 7': () => differing(small, [20, 30, 60, 20], (x, y) => colorOf(x, y, looks)) + differing(small, [0, 50, 128, 110], () => 0),
  // A quarter to the left; of the frame, 128 columns and rows fit.
  turned: () => differing(small, [0, 32, 128, 128], (x, y) => ~colorOf(127 - y, x, 2) & 0xffff),
  fill: () => differing(large, [0, 0, 240, 320], () => 0x001f),
  // A quarter to the right, at the edge.
  corner: () => differing(large, [20, 300, 20, 20], (x, y) => colorOf(y, 19 - x, 3)) + differing(large, [0, 0, 20, 320], () => 0x001f),
};
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => {
    const text = new TextDecoder().decode(bytes).replace(/\n$/, '');
    const picture = pictures[text.split(':')[0]];
    lines.push(picture ? `${text}, ${picture()} wrong` : text);
  },
  onEdge: ({ level, pin }) => {
    if (pin === LOOK) {
      looks++;
      if (differing(small, [20, 30, 60, 20], (x, y) => colorOf(x, y, looks)) !== 0) wrong++;
    }
    if (pin !== MEASURE) return;
    const now = { us: pico.nanos / 1e3, asleep: pico.asleepNanos / 1e3 };
    if (level) begun = now;
    else if (begun) measured.push({ us: now.us - begun.us, asleep: (now.asleep - begun.asleep) / (now.us - begun.us) });
  },
});
pico.awaitsInput = true;
pico.spi(0).attach(small, { cs: 5, dc: 6 });
pico.spi(1).attach(large, { cs: 13, dc: 14, reset: 15 });
pico.run(until * 1e6);
console.log(
  JSON.stringify({
    lines,
    measured,
    looks,
    wrong,
    faults: [...small.faults, ...large.faults].map(({ text }) => text),
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
