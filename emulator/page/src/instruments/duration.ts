const MINUTE = 60e9;

/** Says how long something took, to three digits: `8 ns`, `1.04 ms`, `2.50 s`, `3 min 20 s`. */
export function formatDuration(nanos: number): string {
  if (nanos < 0) return `-${formatDuration(-nanos)}`;
  if (nanos >= MINUTE) {
    const seconds = Math.round(nanos / 1e9);
    return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
  }
  if (nanos >= 999.5e6) return threeDigits(nanos / 1e9, 's');
  if (nanos >= 999.5e3) return threeDigits(nanos / 1e6, 'ms');
  if (nanos >= 999.5) return threeDigits(nanos / 1e3, 'µs');
  return `${Math.round(nanos)} ns`;
}

/** Says when something happened, in seconds, as exactly as `resolution` nanoseconds ask for: `1.234 567 s`. */
export function formatMoment(nanos: number, resolution: number): string {
  const decimals = decimalsFor(resolution);
  const [whole, fraction] = (nanos / 1e9).toFixed(decimals).split('.') as [string, string?];
  return fraction === undefined ? `${whole} s` : `${whole}.${inThrees(fraction)} s`;
}

/** Says how often something happens, to three digits: `5.00 Hz`, `1.25 kHz`. */
export function formatFrequency(hertz: number): string {
  if (hertz >= 999_500) return `${(hertz / 1e6).toPrecision(3)} MHz`;
  if (hertz >= 999.5) return `${(hertz / 1e3).toPrecision(3)} kHz`;
  return `${hertz.toPrecision(3)} Hz`;
}

/** How many decimals a number of seconds needs for a resolution of so many nanoseconds: 0 to 9. */
function decimalsFor(resolution: number): number {
  return Math.min(9, Math.max(0, 9 - Math.floor(Math.log10(Math.max(1, resolution)) + 1e-9)));
}

function threeDigits(value: number, unit: string): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(decimals)} ${unit}`;
}

/** Thin spaces between groups of three digits, without which nobody reads microseconds off a row of six. */
function inThrees(digits: string): string {
  return digits.replace(/(\d{3})(?=\d)/g, '$1\u2009');
}
