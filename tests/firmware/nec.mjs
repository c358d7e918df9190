// A remote control of NEC's protocol, and the demodulator in front of which it is held, with the tolerances of their datasheets.
const US = 1e3;
export const UNIT = 562.5; // us
const PERIOD = 1e3 / 38; // us, of the carrier

/** The same numbers in each run, from 0 to 1. */
let state = 1;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

/** How a demodulator tells a burst (TSOP382.., "Output Signal"): 7 to 15 periods late, and 5 shorter to 6 longer. */
const demodulators = {
  exact: () => [0, 0],
  short: () => [15 * PERIOD, -5 * PERIOD],
  long: () => [7 * PERIOD, 6 * PERIOD],
  any: () => [(7 + 8 * random()) * PERIOD, (11 * random() - 5) * PERIOD],
};

/** Lengths of bursts and of the pauses behind them. */
const bits = (bytes) => bytes.flatMap((byte) => [0, 1, 2, 3, 4, 5, 6, 7].flatMap((bit) => [UNIT, (byte >> bit) & 1 ? 3 * UNIT : UNIT]));
export const frame = (...bytes) => [9000, 4500, ...bits(bytes), UNIT];
export const code = (address, command) => frame(address & 255, address > 255 ? address >> 8 : address ^ 255, command, command ^ 255);
export const repeat = [9000, 2250, UNIT];

/** Sends from a moment on. `clock` is how much longer all times of the remote control are than they should be. */
export const play = (pico, pin, ms, lengths, { demodulator = 'exact', clock = 1 } = {}) => {
  let at = ms * 1000;
  for (let i = 0; i < lengths.length; i += 2) {
    const [late, longer] = demodulators[demodulator]();
    const begin = at + late;
    pico.scheduleDrive(pin, 0, begin * US);
    pico.scheduleDrive(pin, 1, (begin + lengths[i] * clock + longer) * US);
    at += (lengths[i] + (lengths[i + 1] ?? 0)) * clock;
  }
};
