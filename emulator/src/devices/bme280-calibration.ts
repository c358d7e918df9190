/** The calibration of one sensor, and the datasheet's formulas turned around: what its converter reads in some weather. */

const T = [27504, 26435, -1000] as const;
const P = [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000] as const;
const H = { h1: 75, h2: 362, h3: 0, h4: 313, h5: 50, h6: 30 } as const;

const RAW_20_BITS = 0xfffff;
const RAW_16_BITS = 0xffff;

/** As it is in the registers from 0x88 and from 0xe1. */
export const CALIBRATION: { readonly first: readonly number[]; readonly second: readonly number[] } = {
  first: [...[...T, ...P].flatMap((value) => [value & 0xff, (value >> 8) & 0xff]), 0, H.h1],
  second: [H.h2 & 0xff, (H.h2 >> 8) & 0xff, H.h3, (H.h4 >> 4) & 0xff, (H.h4 & 0xf) | ((H.h5 & 0xf) << 4), (H.h5 >> 4) & 0xff, H.h6],
};

/** What the converter reads at a temperature in degrees Celsius. */
export function rawTemperature(celsius: number): number {
  return search(RAW_20_BITS, (raw) => fine(raw) / 5120 >= celsius);
}

/** What it reads at a pressure in pascals, with the temperature that it reads at the same time. */
export function rawPressure(pascal: number, temperature: number): number {
  return search(RAW_20_BITS, (raw) => pressure(raw, fine(temperature)) <= pascal);
}

/** What it reads at a relative humidity in percent. */
export function rawHumidity(percent: number, temperature: number): number {
  return search(RAW_16_BITS, (raw) => humidity(raw, fine(temperature)) >= percent);
}

/** The smallest number for which something holds that holds for all greater ones too. */
function search(largest: number, holds: (raw: number) => boolean): number {
  let low = 0;
  let high = largest;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The datasheet's t_fine: 5120 for each degree. */
function fine(raw: number): number {
  const first = (raw / 16384 - T[0] / 1024) * T[1];
  const second = (raw / 131072 - T[0] / 8192) ** 2 * T[2];
  return first + second;
}

function pressure(raw: number, tFine: number): number {
  const [p1, p2, p3, p4, p5, p6, p7, p8, p9] = P;
  const temperature = tFine / 2 - 64000;
  const offset = ((temperature ** 2 * p6) / 32768 + temperature * p5 * 2) / 4 + p4 * 65536;
  const slope = (1 + ((p3 * temperature ** 2) / 524288 + p2 * temperature) / 524288 / 32768) * p1;
  const linear = ((1048576 - raw - offset / 4096) * 6250) / slope;
  return linear + ((p9 * linear ** 2) / 2147483648 + (linear * p8) / 32768 + p7) / 16;
}

function humidity(raw: number, tFine: number): number {
  const temperature = tFine - 76800;
  const shifted = raw - (H.h4 * 64 + (H.h5 / 16384) * temperature);
  const scaled = shifted * ((H.h2 / 65536) * (1 + (H.h6 / 67108864) * temperature * (1 + (H.h3 / 67108864) * temperature)));
  return scaled * (1 - (H.h1 * scaled) / 524288);
}
