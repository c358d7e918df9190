const SEGMENTS = 'abcdefg';
/** The characters that seven segments can show, by the segments that are lit. */
const CHARACTERS: Readonly<Record<string, string>> = {
  abcdef: '0',
  bc: '1',
  abdeg: '2',
  abcdg: '3',
  bcfg: '4',
  acdfg: '5',
  acdefg: '6',
  abc: '7',
  abcdefg: '8',
  abcdfg: '9',
  abcefg: 'A',
  cdefg: 'b',
  adef: 'C',
  bcdeg: 'd',
  adefg: 'E',
  aefg: 'F',
  g: '-',
};

/**
 * What a digit shows, in words.
 *
 * @param lit whether each segment is lit, from `a` to `g`, and the point where there is one
 */
export function digitInWords(lit: readonly boolean[]): string {
  const segments = [...SEGMENTS].filter((_, index) => lit[index]).join('');
  const point = lit[SEGMENTS.length] ? ' with a point' : '';
  if (segments === '') return point === '' ? 'off' : 'the point';
  const character = CHARACTERS[segments];
  return `${character ?? `segments ${[...segments].join(', ')}`}${point}`;
}
