// Runs a firmware with an HC-SR04 whose trigger is GP14 and whose echo is GP15, and prints as JSON what it printed, how it ended, the times of the trigger in
// microseconds, and what was wrong with them: node ultrasonic.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { HcSr04, parseImage, Pico } = await import(emulator);

const [TRIGGER, ECHO, US] = [14, 15, 1e3];
/** There and back, at 343.5 m/s. */
const NANOS_PER_CENTIMETRE = 2e7 / 343.5;
/** What is in front of it, in centimetres; 'none' if there is no sensor, 'stuck' if the echo hangs. */
const scene = [2, 123.4, 399, 500, 'none', 'stuck', 20];
const lines = [];
const pulses = [];
const periods = [];
let [started, cutPulses] = [undefined, 0];
const sensor = new HcSr04(NANOS_PER_CENTIMETRE);
const show = ([now]) => {
  sensor.isPlugged = typeof now === 'number';
  if (sensor.isPlugged) sensor.centimetres = now;
  pico.drive(ECHO, now === 'stuck' ? 1 : undefined);
};
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => {
    lines.push(new TextDecoder().decode(bytes).replace(/\n$/, ''));
    if (scene.length > 1) scene.shift();
    show(scene);
  },
  onEdge: ({ pin, level, nanos }) => {
    if (pin !== TRIGGER) return;
    if (level) {
      if (started !== undefined) periods.push((nanos - started) / US);
      started = nanos;
    } else if (nanos - started < 10 * US) {
      cutPulses++; // the firmware was cancelled
    } else {
      pulses.push((nanos - started) / US);
    }
  },
});
pico.pin(TRIGGER).attach(sensor.trigger);
pico.pin(ECHO).attach(sensor.echo);
show(scene);
pico.awaitsInput = true;
pico.run(until * 1e6);
console.log(
  JSON.stringify({
    lines,
    pulses,
    periods,
    cutPulses,
    faults: sensor.faults.map(({ text }) => text),
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
