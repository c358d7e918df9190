// Runs a firmware with a thermometer at GP16, and prints as JSON what it printed and the edges of the relay at GP17, in milliseconds:
// node thermostat.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS [MILLISECONDS:CELSIUS | MILLISECONDS:out]...
import { readFileSync } from 'node:fs';

const [emulator, file, until, ...steps] = process.argv.slice(2);
const { Ds18b20, OneWireBus, parseImage, Pico } = await import(emulator);

const [WIRE, RELAY, MS] = [16, 17, 1e6];
const lines = [];
const edges = [];
const thermometer = new Ds18b20(1);
thermometer.celsius = 20;
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => lines.push(new TextDecoder().decode(bytes).replace(/\n$/, '')),
  onEdge: ({ level, pin, nanos }) => {
    if (pin === RELAY) edges.push([nanos / MS, level]);
  },
});
pico.pin(WIRE).attach(new OneWireBus([thermometer]));
pico.awaitsInput = true;
for (const step of steps) {
  const [ms, what] = step.split(':');
  pico.run(ms * MS);
  thermometer.isPlugged = what !== 'out';
  if (what !== 'out') thermometer.celsius = Number(what);
}
pico.run(until * MS);
console.log(
  JSON.stringify({
    lines,
    edges,
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
