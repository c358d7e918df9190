// Runs a firmware with an HC-SR04 whose trigger is GP14 and whose echo is GP15, and prints as JSON what it printed, how it ended, and the times of the trigger in
// microseconds: node ultrasonic.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
//
// The sensor answers a pulse of at least 10 us when it ends, unless it still listens: 450 us later its echo begins.
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const [TRIGGER, ECHO, US] = [14, 15, 1e3];
/** What is in front of it, in micrometres; 'none' if there is no sensor, 'stuck' if the echo hangs. */
const scene = [20_000, 1_234_000, 3_990_000, 5_000_000, 'none', 'stuck', 200_000];
const lines = [];
const pulses = [];
const periods = [];
let [started, busy, cutPulses] = [undefined, 0, 0];
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => {
    lines.push(new TextDecoder().decode(bytes).replace(/\n$/, ''));
    if (scene.length > 1) scene.shift();
    pico.drive(ECHO, scene[0] === 'stuck' ? 1 : 0);
  },
  onEdge: ({ pin, level, nanos }) => {
    if (pin !== TRIGGER) return;
    if (level) {
      if (started !== undefined) periods.push((nanos - started) / US);
      started = nanos;
      return;
    }
    const took = nanos - started;
    if (took < 10 * US) {
      cutPulses++;
      return; // the firmware was cancelled
    }
    pulses.push(took / US);
    if (typeof scene[0] === 'string' || nanos < busy) return;
    // There and back, at 343.5 m/s. Without an echo it gives up after 38 ms.
    const echo = Math.min((scene[0] * 2 * 1e3) / 343.5, 38_000 * US);
    pico.scheduleDrive(ECHO, 1, nanos + 450 * US);
    pico.scheduleDrive(ECHO, 0, nanos + 450 * US + echo);
    busy = nanos + 450 * US + echo;
  },
});
pico.drive(ECHO, 0);
pico.awaitsInput = true;
pico.run(until * 1e6);
console.log(
  JSON.stringify({ lines, pulses, periods, cutPulses, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }),
);
