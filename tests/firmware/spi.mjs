// Runs a firmware with SPI devices, and prints as JSON what it printed, how it ended and what was sent at each of the first selections of the device at GP5:
// node spi.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Bme280, parseImage, Pico } = await import(emulator);

const [SELECT, SENSOR] = [5, 6];
const lines = [];
const selections = [];
let apart = true;
const low = new Set();
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos }) => lines.push({ text: new TextDecoder().decode(bytes).replace(/\n$/, ''), us: nanos / 1e3 }),
  onEdge: ({ pin, level }) => {
    if (pin !== SELECT && pin !== SENSOR) return;
    if (level) low.delete(pin);
    else low.add(pin);
    if (low.size > 1) apart = false;
  },
});
pico.awaitsInput = true;

/** Answers each byte with one more. */
const next = (record) => ({
  select: () => record && selections.push([]),
  transfer(byte) {
    if (record) selections.at(-1)?.push(byte);
    return (byte + 1) & 0xff;
  },
});
pico.spi(0).attach(next(true), { cs: SELECT });
pico.spi(0).attach(new Bme280(), { cs: SENSOR });
pico.spi(1).attach(next(false), { cs: 13 });
pico.run(until * 1e6);
console.log(
  JSON.stringify({ lines, selections: selections.slice(0, 14), apart, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }),
);
