// Runs a firmware with devices, and prints as JSON what it printed, how it ended and what the devices saw: node devices.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS
import { readFileSync } from 'node:fs';

const [emulator, file, until] = process.argv.slice(2);
const { Bme280, parseImage, Pico } = await import(emulator);

const lines = [];
const seen = [];
const [SCL, SDA, SIGN] = [5, 4, 16];
let clocksToGo = 0;
let isHolding = false;
const onEdge = ({ pin, level }) => {
  if (pin === SIGN) {
    // A device in the middle of sending a byte of zeros, or one that is broken.
    const wasHeld = clocksToGo === Infinity;
    clocksToGo = level ? 9 : Infinity;
    pico.drive(SDA, level && wasHeld ? undefined : 0);
    if (level && wasHeld) clocksToGo = 0;
  }
  if (pin === SDA && !level && isHolding) {
    // The firmware has reset the controller, which the emulator's does not notice.
    isHolding = controller.busy = false;
    controller.state = 0;
    seen.push('reset');
  }
  if (pin === SCL && level && clocksToGo > 0 && --clocksToGo === 0) {
    pico.drive(SDA, undefined);
    seen.push('clocked free');
  }
};
const pico = new Pico(parseImage(readFileSync(file)), {
  onConsoleLine: ({ bytes, nanos }) => lines.push({ text: new TextDecoder().decode(bytes).replace(/\n$/, ''), us: nanos / 1e3 }),
  onEdge,
});
pico.awaitsInput = true;

/** A memory of 256 bytes; the first byte of a write is where. */
const memory = () => {
  const bytes = new Uint8Array(256);
  let [at, isAddress] = [0, false];
  return {
    start: (isRead) => (isAddress = !isRead),
    write: (byte) => {
      if (isAddress) at = byte;
      else bytes[at++ & 0xff] = byte;
      isAddress = false;
      return true;
    },
    read: () => bytes[at++ & 0xff],
  };
};
/** Refuses the fourth byte. */
let taken = 0;
const picky = { start: () => (taken = 0), write: () => ++taken < 4, read: () => 0, stop: () => seen.push(`picky took ${taken}`) };
for (const bus of [0, 1]) pico.i2c(bus).attach(0x50, memory());
pico.i2c(0).attach(0x60, picky);
pico.i2c(0).attach(0x76, new Bme280());
// Where this one is written to, the controller never hears that its byte is over, as if it held the clock.
const hold = { start: (isRead) => (isHolding = !isRead), write: () => true, read: () => 0 };
pico.i2c(0).attach(0x61, hold);
const controller = pico.chip.rp2040.i2c[0];
for (const step of ['completeConnect', 'completeWrite', 'completeStop']) {
  const complete = controller[step].bind(controller);
  controller[step] = (...values) => {
    if (!isHolding || step === 'completeConnect') complete(...values);
  };
}
pico.run(until * 1e6);
console.log(JSON.stringify({ lines, seen, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }));
