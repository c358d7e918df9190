// Runs a firmware with a program at the other end of its USB serial port, and prints as JSON what that program got, and how the run ended:
// node usb.mjs EMULATOR_PACKAGE IMAGE STEPS. STEPS is JSON, a list of {at: milliseconds} with what happens then: {send: text},
// {isReading: boolean}, {setSpeed: baud}, {replug: true}.
import { readFileSync } from 'node:fs';

const [emulator, file, steps] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const lines = [];
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, uart, nanos }) => lines.push({ text: new TextDecoder().decode(bytes).replace(/\n$/, ''), uart, ms: Math.round(nanos / 1e6) }),
});
pico.awaitsInput = true;
for (const { at, send, isReading, setSpeed, replug } of JSON.parse(steps)) {
  pico.run(at * 1e6);
  if (send !== undefined) pico.usb.receive(new TextEncoder().encode(send));
  if (isReading !== undefined) pico.usb.isReading = isReading;
  if (setSpeed !== undefined) pico.usb.setSpeed(setSpeed);
  if (replug) pico.usb.replug();
}
console.log(JSON.stringify({ lines, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }));
