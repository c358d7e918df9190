const NAMES = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'] as const;
const A4_HERTZ = 440;
/** Half tones from C0 to A4. */
const A4 = 57;

/** The note that is nearest to a frequency, with its octave: A4 for 440 Hz. */
export function noteOf(hertz: number): string {
  const halfTones = A4 + Math.round(12 * Math.log2(hertz / A4_HERTZ));
  const octave = Math.floor(halfTones / 12);
  return `${NAMES[halfTones - 12 * octave] as string}${octave}`;
}
