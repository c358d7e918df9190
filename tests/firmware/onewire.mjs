// Runs a firmware with two DS18B20 on a 1-Wire bus at GP16, and prints as JSON what it printed, how it ended, the times of the wire and what was wrong with
// them: node onewire.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
//
// The devices answer a reset in turn as early and as late as the datasheet allows, and hold a 0 as shortly and as long as they may; a wire that they let go of takes 5 us to
// rise. GP17 has the next of the events below happen.
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Ds18b20, OneWireBus, parseImage, Pico } = await import(emulator);

const [WIRE, SIGN, US] = [16, 17, 1e3];
const EARLY = { presenceAfter: 15, presence: 60, zero: 15, one: 10 };
const LATE = { presenceAfter: 60, presence: 240, zero: 60, one: 10 };
/** A bit in the fourth byte of its memory. */
const NOISY_BIT = 28;

class NoisyDs18b20 extends Ds18b20 {
  isNoisy = false;
  reset() {
    this.bits = 0;
    super.reset();
  }
  answerSelected() {
    const bit = super.answerSelected();
    return bit !== undefined && this.bits++ === NOISY_BIT && this.isNoisy ? 1 - bit : bit;
  }
}

const devices = [new NoisyDs18b20(8, 700), new Ds18b20(3, 740)];
devices[0].celsius = 25.0625;
devices[1].celsius = -10.125;
const bus = new OneWireBus(devices, [EARLY, LATE]);

const replug = () => {
  devices[0].isPlugged = false;
  devices[0].isPlugged = true;
};
const lines = [];
const times = {};
let isCut = false; // while the firmware cancels transactions
let isShorted = false;
/** Before the wire was not as it should be. */
let faults = 0;
const spoil = (isSpoilt) => (isSpoilt ? (faults = bus.faults.length) : bus.faults.splice(faults));

const events = [
  replug,
  () => after(30e6, () => (devices[0].isPlugged = false)),
  () => (devices[0].isPlugged = true),
  () =>
    after(5e6, () => {
      spoil((isShorted = true));
      pico.drive(WIRE, 0);
    }),
  () => {
    pico.drive(WIRE, undefined);
    spoil((isShorted = false));
  },
  () => (devices[0].isNoisy = true),
  () => (devices[0].isNoisy = false),
];

bus.onTime = (time, nanos) => {
  if (isCut || isShorted) return;
  const [least, most] = times[time] ?? [Infinity, 0];
  times[time] = [Math.min(least, nanos / US), Math.max(most, nanos / US)];
};

const pending = []; // of the events that begin later
const after = (nanos, action) => pending.push({ at: pico.nanos + nanos, action });

const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos }) => {
    const text = new TextDecoder().decode(bytes).replace(/\n$/, '');
    lines.push({ text, us: nanos / US });
    const wasCut = isCut;
    isCut = text === 'cancel' || (isCut && !text.startsWith('cancelled'));
    if (isCut !== wasCut) spoil(isCut);
  },
  onEdge: ({ pin, level }) => {
    if (pin === SIGN && level) events.shift()?.();
  },
});
pico.pin(WIRE).attach(bus);
pico.awaitsInput = true;
while (pico.nanos < until * 1e6 && pico.ending === undefined) {
  pending.sort((one, other) => one.at - other.at);
  pico.run(Math.min(until * 1e6, pending[0]?.at ?? Infinity, pico.nanos + 1e6));
  while (pending.length > 0 && pending[0].at <= pico.nanos) pending.shift().action();
}
console.log(
  JSON.stringify({ lines, faults: bus.faults, times, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }),
);
