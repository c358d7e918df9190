// Runs a firmware with a program at the other end of its UARTs, and prints as JSON what it printed and what it sent over UART 1:
// node uart.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS. The emulator's UART sends at once and knows no wrong bits; both are added here.
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const [DR, FR, CR, IMSC] = [0x00, 0x18, 0x30, 0x38];
const [FULL, BUSY, RX_FULL] = [1 << 5, 1 << 3, 1 << 6];
const ROOM = 1 << 5;
const CHARACTER = 10e9 / 115200;
const [FRAMING, PARITY, BREAK] = [1 << 8, 1 << 9, 1 << 10];

const lines = [];
const sent = [];
let sentUntil = 0;
let asleep = 0;
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos, uart }) => {
    if (uart !== 0) return;
    const text = new TextDecoder().decode(bytes).replace(/\n$/, '');
    lines.push({ text, us: nanos / 1e3 });
    if (text.startsWith('@ ')) sent.push({ mark: text.slice(2), queued: Math.max(0, Math.ceil((sentUntil - nanos) / CHARACTER)) });
    if (text.startsWith('> ')) send(text.slice(2));
    if (text === 'behind is out') asleep = pico.asleepNanos / pico.nanos; // from there on it waits for the console, which blocks
  },
});
pico.awaitsInput = true;
const uart = pico.chip.rp2040.uart[1];

/** Flags of the bytes that are on their way, and of those in the FIFO. */
const coming = [];
const flags = [];
const feed = (bytes, flagged = []) => {
  coming.push(...Array.from(bytes, (_, index) => flagged[index] ?? 0));
  pico.uart(1).receive(Uint8Array.from(bytes));
};
const feedByte = uart.feedByte.bind(uart);
uart.feedByte = (byte) => {
  const flag = coming.shift();
  if (!(read(FR) & RX_FULL)) flags.push(flag);
  feedByte(byte);
};
const send = (what) => {
  if (what.startsWith('0:')) pico.uart(0).receive(new TextEncoder().encode(`${what.slice(2)}\n`));
  else if (what === 'lines') feed(new TextEncoder().encode('one\n\ntwo words\nthis line is longer than the buffer\n'));
  else if (what === 'bad') feed([65, 0x7f, 66, 0, 67, 0x7e, 68], [0, FRAMING, 0, FRAMING | BREAK, 0, PARITY, 0]);
  else feed(Array.from({ length: Number(what) }, (_, index) => index & 0xff));
};

const inFifo = () => Math.max(0, Math.ceil((sentUntil - pico.nanos) / CHARACTER) - 1);
const read = uart.readUint32.bind(uart);
const write = uart.writeUint32.bind(uart);
let mask = 0;
/** Only while there is room for most of the FIFO, as the firmware chooses it. */
const follow = () => {
  const hasRoom = inFifo() <= 4;
  write(IMSC, hasRoom ? mask : mask & ~ROOM);
  if (!hasRoom && mask & ROOM) alarm.schedule(sentUntil - 5 * CHARACTER - pico.nanos + 8);
};
const alarm = pico.clock.createAlarm(follow);
uart.readUint32 = (offset) => {
  if (offset === FR) return read(FR) | (inFifo() >= 32 ? FULL : 0) | (sentUntil > pico.nanos ? BUSY : 0);
  if (offset !== DR) return read(offset);
  const value = read(DR);
  return value | (flags.shift() ?? 0);
};
uart.writeUint32 = (offset, value) => {
  if (offset === IMSC) {
    mask = value;
    follow();
  } else {
    if (offset === DR) {
      sentUntil = Math.max(sentUntil, pico.nanos) + CHARACTER;
      sent.push(String.fromCharCode(value & 0xff));
    }
    write(offset, value);
  }
};

/** The console sends for a while, too. It must not be set up anew meanwhile. */
const console0 = pico.chip.rp2040.uart[0];
let printedUntil = 0;
let cut = 0;
const read0 = console0.readUint32.bind(console0);
const write0 = console0.writeUint32.bind(console0);
console0.readUint32 = (offset) => (offset === FR && printedUntil > pico.nanos ? read0(FR) | BUSY : read0(offset));
console0.writeUint32 = (offset, value) => {
  if (offset === DR) printedUntil = Math.min(Math.max(printedUntil, pico.nanos) + CHARACTER, pico.nanos + 33 * CHARACTER); // a full FIFO
  if (offset === CR && printedUntil > pico.nanos) cut++;
  write0(offset, value);
};
pico.run(until * 1e6);
const output = sent.reduce((list, one) => {
  if (typeof one === 'string' && typeof list.at(-1) === 'string') list.push(list.pop() + one);
  else list.push(one);
  return list;
}, []);
console.log(JSON.stringify({ lines, output, cut, asleep, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }));
