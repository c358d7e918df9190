// Runs a firmware with a DHT22 at GP16, and prints as JSON what it printed, how it ended, the lengths of the start signals in microseconds, when they began in
// milliseconds, and what the sensor found wrong: node dht22.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Dht22, parseImage, Pico } = await import(emulator);

const [WIRE, US, MS] = [16, 1e3, 1e6];
const LONGEST_LOW = 100; // us, of the sensor
/** What is around it, in degrees and percent; 'none' if there is no sensor, 'short' if the wire is low. A measurement is sent with the reading after it. */
const scene = [[20, 50], [-0.1, 0], [80, 99.9], [-40, 25.6], 'none', 'short', [35.1, 65.2], [-12.3, 45.6], [-12.3, 45.6]];
const lines = [];
const starts = [];
const sensor = new Dht22();
let fellAt = 0;
const show = ([now]) => {
  sensor.isPlugged = now !== 'none';
  if (Array.isArray(now)) sensor.climate = { celsius: now[0], humidityPercent: now[1] };
  pico.drive(WIRE, now === 'short' ? 0 : undefined);
};
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => {
    lines.push(new TextDecoder().decode(bytes).replace(/\n$/, ''));
    if (scene.length > 1) scene.shift();
    show(scene);
  },
  onEdge: ({ level, pin, nanos }) => {
    if (pin !== WIRE) return;
    if (!level) fellAt = nanos;
    else if (nanos - fellAt > LONGEST_LOW * US && scene[0] !== 'short') starts.push({ at: fellAt / MS, us: (nanos - fellAt) / US });
  },
});
pico.pin(WIRE).attach(sensor);
show(scene);
pico.awaitsInput = true;
pico.run(until * MS);
console.log(
  JSON.stringify({
    lines,
    starts,
    faults: sensor.faults.map(({ text }) => text),
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
