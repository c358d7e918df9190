/** A number that a line on the console tells, and what it is the number of. */
export interface NamedNumber {
  readonly name: string;
  readonly value: number;
}

/** Numbers of a line that are looked at. */
const MOST_NUMBERS = 32;
/** A name of more words is a sentence. */
const MOST_WORDS = 3;
const LONGEST_NAME = 40;

const NUMBER = String.raw`(?!0[xX])[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
/** Of letters and signs, not of digits but for a power at its end: `C`, `%`, `°C`, `m/s^2`, `kg/m3`. */
const UNIT = String.raw`[\p{L}%‰°][\p{L}%/²³^*·]*[23]?`;
/** What follows is neither the rest of a number, such as the 3 of `1.2.3` or the 30 of `12:30`, nor of a word. */
const END = String.raw`(?=$|\.?(?:$|\s)|[,;|)\]}"'])`;
const NAMED = new RegExp(String.raw`[:=]\s*(${NUMBER})(${UNIT})?${END}`, 'gu');
const PLAIN = new RegExp(String.raw`\s*(${NUMBER})(?:\s*${UNIT})?${END}\s*[,;|]?`, 'uy');

/** How a terminal is told to change colours, or to go elsewhere. */
const ESCAPE = /\x1b\[[0-?]*[ -/]*[@-~]/g;
/** The words of a name: `Room`, `a[0]`, and after the first also `2`, `(°C)` and `[hPa]`, but not the `(3456)` of a log. */
const FIRST_WORD = /^[\p{L}_][\p{L}\p{N}_.\-/%°#()[\]]*$/u;
const WORD = /^(?:[([](?=[\p{L}_%°]))?[\p{L}\p{N}_%°#][\p{L}\p{N}_.\-/%°²³^*·#()[\]]*$/u;

/**
 * Finds the numbers in a line that are to be drawn. They have names, as in `temperature: 23.5 C, humidity=40 %`, or the line has nothing
 * but numbers and their units, `23.5 40`; those are named `1`, `2`, and so on. Other lines have none.
 */
export function numbersIn(line: string): NamedNumber[] {
  const text = shownOf(line);
  const named = namedNumbers(text);
  return named.length > 0 ? named : plainNumbers(text);
}

/** What a terminal shows in the end, without colours. */
function shownOf(line: string): string {
  const text = line.replace(ESCAPE, '').trim();
  return text.slice(text.lastIndexOf('\r') + 1);
}

function namedNumbers(text: string): NamedNumber[] {
  const numbers = new Map<string, number>();
  let from = 0;
  let mayHaveUnit = false;
  for (const match of text.matchAll(NAMED)) {
    const name = nameAtEnd(text.slice(from, match.index), mayHaveUnit);
    from = match.index + match[0].length;
    mayHaveUnit = match[2] === undefined;
    const value = Number(match[1]);
    if (name !== undefined && Number.isFinite(value)) numbers.set(name, value);
    if (numbers.size === MOST_NUMBERS) break;
  }
  return Array.from(numbers, ([name, value]) => ({ name, value }));
}

/**
 * The name that a text ends with, before a colon or an equals sign.
 *
 * @param mayHaveUnit whether the text may begin with the unit of the number before it
 */
function nameAtEnd(text: string, mayHaveUnit: boolean): string | undefined {
  const parts = text.replace(/["']?\s*$/, '').split(/[,;|:={}<>"'\t]/);
  const words = (parts.at(-1) as string).split(/\s+/).filter((word) => word !== '');
  // A word alone is the name: `t: 5 u: 6`.
  if (mayHaveUnit && parts.length === 1 && words.length > 1) words.shift();
  const from = words.map((word) => WORD.test(word)).lastIndexOf(false) + 1;
  const first = words.findIndex((word, index) => index >= from && FIRST_WORD.test(word));
  if (first < 0 || words.length - first > MOST_WORDS) return undefined;
  const name = words.slice(first).join(' ');
  return name.length > LONGEST_NAME ? undefined : name;
}

function plainNumbers(text: string): NamedNumber[] {
  const numbers: NamedNumber[] = [];
  const line = text.replace(/^[([]|[)\]]$/g, ''); // as Python prints several
  PLAIN.lastIndex = 0;
  while (PLAIN.lastIndex < line.length) {
    const value = Number(PLAIN.exec(line)?.[1] ?? NaN);
    if (!Number.isFinite(value)) return [];
    if (numbers.length < MOST_NUMBERS) numbers.push({ name: String(numbers.length + 1), value });
  }
  return numbers;
}
