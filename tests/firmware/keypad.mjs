// Runs a firmware with a keypad at GP2 to GP9, and prints as JSON what it printed and when, how it ended, the edges of the first row while nothing was held, and what
// part of the time the processor slept: node keypad.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Keypad, parseImage, Pico } = await import(emulator);

const MS = 1e6;
const KEYS = '123A456B789C*0#D';
/** [from, to, keys] in milliseconds: alone, in a row, three corners, then twice for the cancelled waits. */
const fingers = [
  [20, 80, '5'],
  [100, 160, '0'],
  [200, 300, '46B'],
  [400, 500, '12'],
  [420, 480, '5'],
  [550, 610, 'D'],
  [650, 705, '7'],
  [730, 787, '*'],
];
const lines = [];
const restless = [];
let rowEdges = 0;
const keypad = new Keypad([2, 3, 4, 5], [6, 7, 8, 9]);
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos }) => lines.push([new TextDecoder().decode(bytes).replace(/\n$/, ''), nanos / MS]),
  onEdge: ({ pin, nanos }) => {
    if (pin !== 2) return;
    rowEdges++;
    const at = nanos / MS;
    if (at > 5 && !fingers.some(([from, to]) => at >= from && at <= to + 16)) restless.push(at);
  },
});
pico.attach(keypad);
let board;
pico.attach({ connect: (to) => (board = to) });
const press = (keys, isDown) => {
  for (const key of keys) keypad.press(Math.floor(KEYS.indexOf(key) / 4), KEYS.indexOf(key) % 4, isDown);
};
for (const [from, to, keys] of fingers) {
  board.at(from * MS, () => press(keys, true));
  board.at(to * MS, () => press(keys, false));
}
pico.awaitsInput = true;
pico.run(until * MS);
console.log(
  JSON.stringify({
    lines,
    restless,
    rowEdges,
    asleep: pico.asleepNanos / pico.nanos,
    ending: pico.ending ?? null,
    unknown: pico.unknownRegisters.map(({ text }) => text),
  }),
);
