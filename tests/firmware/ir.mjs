// Runs a firmware with a demodulator at GP16, in front of which a remote control is played with the tolerances of its datasheet, and prints as JSON what it
// printed, how it ended, and the bursts of the LED at GP17: node ir.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';
import { code, frame, play as playAt, repeat, UNIT } from './nec.mjs';

const [emulator, file, until] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const [DEMODULATOR, LED, US, MS] = [16, 17, 1e3, 1e6];
const BETWEEN = 100; // us without an edge, between two bursts

const lines = [];
const bursts = [];
let roseAt = 0;
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes }) => lines.push(new TextDecoder().decode(bytes).replace(/\n$/, '')),
  onEdge: ({ level, pin, nanos }) => {
    if (pin !== LED) return;
    const us = nanos / US;
    const last = bursts.at(-1);
    if (level) {
      if (last === undefined || us - last.end > BETWEEN) bursts.push({ at: us, end: us, high: 0, count: 0 });
      roseAt = us;
    } else if (last !== undefined) {
      last.end = us;
      last.high += us - roseAt;
      last.count += 1;
    }
  },
});
const play = (ms, lengths, tolerances) => playAt(pico, DEMODULATOR, ms, lengths, tolerances);
pico.drive(DEMODULATOR, 1);

let key = 0;
let ms = 100;
for (const demodulator of ['exact', 'short', 'long', 'any']) {
  for (const clock of [1, 0.95, 1.05]) {
    play(ms, code(key % 2 === 0 ? key : 0x1234, 170 + key), { demodulator, clock });
    play(ms + 108, repeat, { demodulator, clock });
    ms += 220;
    key += 1;
  }
}
// From 3 s on: damaged ones, none of whose repeats may be one of the code before.
play(3000, code(1, 2));
play(3108, frame(1, 254, 3, 251));
play(3216, repeat);
play(3300, code(1, 3).slice(0, 41)); // breaks off
play(3408, repeat);
play(3500, [9000, 2000]); // a burst, and no more: silence is not a repeat
play(3600, [9000, 4500, UNIT, 8000]);
play(3625, [9000, 7000, ...code(1, 3).slice(2)]); // no leader has such a pause
// Light that is none: shorter than a leader, and the frame after it is good.
for (let i = 0; i < 100; ++i) play(3700 + i, [40 + 8 * i, 100]);
play(3810, [6500, 1000]);
play(4000, code(1, 4));
play(4108, repeat);
play(4216, repeat);
play(4324 + 60, repeat); // it is too late
play(4600, code(1, 5));
play(4760, repeat); // within 150 ms of the end of that
play(4760 + 11.8 + 155, repeat); // and not
for (let i = 0; i < 4; ++i) play(8000 + 4 + 96 * i, i === 0 ? code(1, 6) : repeat);
for (let i = 0; i < 8; ++i) play(10_000 + 200 * i + 4, code(1, i));
pico.awaitsInput = true;
pico.run(until * MS);
console.log(
  JSON.stringify({
    lines,
    bursts,
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
