// Runs a firmware with a demodulator at GP16, in front of which keys of a remote control with address 0 are pressed, and a servo at GP17. Prints as JSON what it printed, and
// where the servo was: node remote.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS [MILLISECONDS:COMMAND:REPEATS | MILLISECONDS:look]...
import { readFileSync } from 'node:fs';
import { code, play, repeat } from './nec.mjs';

const [emulator, file, until, ...steps] = process.argv.slice(2);
const { parseImage, Pico, Servo } = await import(emulator);

const [DEMODULATOR, SERVO, MS] = [16, 17, 1e6];
const lines = [];
const looks = [];
const servo = new Servo();
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => lines.push(new TextDecoder().decode(bytes).replace(/\n$/, '')),
});
pico.pin(SERVO).attach(servo);
pico.drive(DEMODULATOR, 1);
pico.awaitsInput = true;
const times = [];
for (const step of steps) {
  const [ms, command, repeats] = step.split(':');
  if (command === 'look') {
    times.push(Number(ms));
    continue;
  }
  play(pico, DEMODULATOR, Number(ms), code(0, Number(command)));
  for (let i = 1; i <= Number(repeats ?? 0); ++i) play(pico, DEMODULATOR, Number(ms) + 108 * i, repeat);
}
for (const ms of times) {
  pico.run(ms * MS);
  looks.push(servo.degrees);
}
pico.run(until * MS);
console.log(
  JSON.stringify({
    lines,
    looks,
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
