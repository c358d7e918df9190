// Runs a firmware with two DS18B20 on a 1-Wire bus at GP16, and prints as JSON what it printed, how it ended, the times of the wire and what was wrong with
// them: node onewire.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
//
// The devices use the limits of the datasheet ("1-Wire signaling", and the table of AC electrical characteristics): they answer a reset as early or as late as they may, hold a 0 as
// shortly or as long as they may, and a wire that they release takes 5 us to rise. GP17 has the next of the events below happen.
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { parseImage, Pico } = await import(emulator);

const [WIRE, SIGN, US] = [16, 17, 1e3];
const crc8 = (bytes) => bytes.reduce((crc, byte) => [...Array(8)].reduce((value) => (value & 1 ? (value >> 1) ^ 0x8c : value >> 1), crc ^ byte), 0);

class Ds18b20 {
  constructor(number, raw, conversion) {
    const rom = [0x28, number, 0, 0, 0, 0, 0];
    this.rom = [...rom, crc8(rom)];
    Object.assign(this, { raw, conversion, isPlugged: true, isNoisy: false });
    this.loseSupply();
  }
  loseSupply() {
    this.scratchpad = [0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10];
    this.done = undefined;
    this.state = 'idle';
  }
  reset() {
    this.listen('rom');
  }
  listen(state) {
    Object.assign(this, { state, count: 0, byte: 0 });
  }
  romBit(at) {
    return (this.rom[at >> 3] >> (at & 7)) & 1;
  }
  /** The bit that it sends in the slot that begins; undefined if it listens. */
  answer() {
    const part = this.count % 3;
    if (this.state === 'search' && part < 2) return this.romBit(Math.floor(this.count / 3)) ^ part;
    if (this.state === 'send') return this.count < 72 ? (this.sent[this.count >> 3] >> (this.count & 7)) & 1 : 1;
    return this.state === 'busy' ? Number(pico.nanos >= this.done) : undefined;
  }
  /** The slot has ended. */
  take(bit) {
    const at = this.count++;
    if (this.state === 'search') {
      if (at % 3 === 2 && (bit !== this.romBit((at - 2) / 3) || at === 191)) this.state = 'idle';
    } else if (this.state === 'match') {
      if (bit !== this.romBit(at)) this.state = 'idle';
      else if (at === 63) this.listen('function');
    } else if (['rom', 'function', 'write'].includes(this.state)) {
      this.byte |= bit << at % 8;
      if (at % 8 < 7) return;
      const { byte, state } = this;
      this.byte = 0;
      if (state === 'write') this.scratchpad[2 + (at >> 3)] = byte;
      else if (state === 'rom') this.listen({ 0x55: 'match', 0xcc: 'function', 0xf0: 'search' }[byte] ?? 'idle');
      else this.execute(byte);
    }
  }
  execute(command) {
    if (this.done !== undefined && pico.nanos >= this.done) {
      [this.scratchpad[0], this.scratchpad[1]] = [this.raw & 0xff, (this.raw >> 8) & 0xff];
      this.done = undefined;
    }
    this.listen({ 0x44: 'busy', 0x4e: 'write', 0xbe: 'send' }[command] ?? 'idle');
    if (command === 0x44) this.done = pico.nanos + (this.conversion * 1e6) / (1 << (3 - ((this.scratchpad[4] >> 5) & 3)));
    if (command === 0xbe) {
      this.sent = [...this.scratchpad, crc8(this.scratchpad)];
      if (this.isNoisy) this.sent[3] ^= 0x10;
    }
  }
}

const devices = [new Ds18b20(8, 0x0191, 700), new Ds18b20(3, -162, 740)];
const events = [
  () => devices[0].loseSupply(),
  () => after(30e6, () => (devices[0].isPlugged = false)),
  () => {
    devices[0].isPlugged = true;
    devices[0].loseSupply();
  },
  () =>
    after(5e6, () => {
      isShorted = true;
      pico.drive(WIRE, 0);
    }),
  () => {
    pico.drive(WIRE, undefined);
    isShorted = false;
  },
  () => (devices[0].isNoisy = true),
  () => (devices[0].isNoisy = false),
];
const lines = [];
const faults = [];
const times = {};
const pending = []; // of the events that begin later
const after = (nanos, action) => pending.push({ at: pico.nanos + nanos, action });

const note = (name, nanos) => {
  if (isCut) return;
  const [least, most] = times[name] ?? [Infinity, 0];
  times[name] = [Math.min(least, nanos / US), Math.max(most, nanos / US)];
};
const within = (name, nanos, least, most) => {
  note(name, nanos);
  if (!isCut && (nanos < least * US || nanos > most * US)) faults.push({ us: pico.nanos / US, text: `${name} ${nanos / US}` });
};
const pull = (from, to) => {
  pico.scheduleDrive(WIRE, 0, from);
  pico.scheduleDrive(WIRE, undefined, to);
  pulled = to;
};

let isShorted = false;
let isCut = false; // while the firmware cancels transactions
let [fallen, risen, pulled] = [undefined, undefined, 0];
let wasReset = false;
let turn = 0;
const fall = (nanos) => {
  if (nanos < pulled) return; // a device does that
  if (risen !== undefined) within(wasReset ? 'after reset' : 'recovery', nanos - risen, wasReset ? 480 : 1, Infinity);
  if (fallen !== undefined && !wasReset) within('slot', nanos - fallen, 61, Infinity);
  fallen = nanos;
  const answers = devices.filter(({ isPlugged }) => isPlugged).map((device) => device.answer());
  // The longest that a device may hold a 0 is 60 us, and what it sends is there for 15 us.
  if (answers.includes(0)) pull(nanos + 500, nanos + (turn++ % 2 ? 15 : 60) * US);
  else if (answers.includes(1)) pull(nanos + 500, nanos + 10 * US);
};
const rise = (nanos) => {
  if (wasReset && nanos <= pulled + 1) return (risen = risen ?? nanos);
  const low = nanos - fallen;
  const present = devices.filter(({ isPlugged }) => isPlugged);
  const isPulled = nanos <= pulled + 1 && pulled > fallen;
  wasReset = low >= 300 * US && !isPulled;
  risen = nanos;
  if (wasReset) {
    within('reset', low, 480, 960);
    for (const device of present) device.reset();
    if (present.length > 0) turn++ % 2 ? pull(nanos + 15 * US, nanos + 75 * US) : pull(nanos + 60 * US, nanos + 300 * US);
    return;
  }
  if (!isPulled) within(low < 30 * US ? 'one' : 'zero', low, low < 30 * US ? 1 : 60, low < 30 * US ? 15 : 120);
  for (const device of present) device.take(low < 30 * US ? 1 : 0);
};

const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos }) => {
    const text = new TextDecoder().decode(bytes).replace(/\n$/, '');
    lines.push({ text, us: nanos / US });
    isCut = text === 'cancel' || (isCut && !text.startsWith('cancelled'));
  },
  onEdge: ({ pin, level, nanos }) => {
    if (pin === WIRE && isUp && !isShorted) (level ? rise : fall)(nanos);
    if (pin === WIRE && level) isUp = true; // the pull-up, before that
    if (pin === SIGN && level) events.shift()?.();
  },
});
let isUp = false;
pico.awaitsInput = true;
while (pico.nanos < until * 1e6 && pico.ending === undefined) {
  pending.sort((one, other) => one.at - other.at);
  pico.run(Math.min(until * 1e6, pending[0]?.at ?? Infinity, pico.nanos + 1e6));
  while (pending.length > 0 && pending[0].at <= pico.nanos) pending.shift().action();
}
console.log(
  JSON.stringify({ lines, faults, times, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }),
);
