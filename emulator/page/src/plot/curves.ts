import { Ring } from '../instruments/ring.js';
import { numbersIn } from './numbers.js';
import type { TimedLine } from './console-reader.js';

export const MOST_CURVES = 12;
/** Of each curve: the newest. */
export const MOST_POINTS = 2000;
/** Names beyond those of the curves that are remembered. */
const MOST_OTHERS = 50;

/** The values of a name over time. */
export interface Curve {
  readonly name: string;
  readonly newest: number;
}

interface KeptCurve extends Curve {
  newest: number;
  /** The UART that it came over first. What a program also prints over another would be drawn twice, a little later. */
  readonly uart: number;
  /** Of the time in nanoseconds and the value. */
  readonly points: Ring;
}

/** All curves over the same moments, in order of time: undefined where a curve has no value. */
export interface Table {
  readonly nanos: Float64Array;
  readonly values: readonly (readonly (number | undefined)[])[];
}

/** Keeps the newest numbers that a firmware has printed, for each name. */
export class Curves {
  private readonly curves = new Map<string, KeptCurve>();
  private readonly others = new Set<string>();
  private newestNanos = -1;

  get all(): readonly Curve[] {
    return [...this.curves.values()];
  }

  /** What is not drawn, in a sentence for each reason; empty if all is. */
  get omitted(): string {
    const sentences: string[] = [];
    const [first] = this.others;
    if (first !== undefined) {
      const more = this.others.size - 1;
      const rest = more === 0 ? 'is' : `and ${more >= MOST_OTHERS - 1 ? `at least ${more}` : more} more are`;
      sentences.push(`Only ${MOST_CURVES} curves are drawn: ${first} ${rest} left out.`);
    }
    if ([...this.curves.values()].some(({ points }) => points.dropped > 0)) sentences.push(`The newest ${MOST_POINTS.toLocaleString('en')} values of each are drawn.`);
    return sentences.join(' ');
  }

  /** @returns whether the line has numbers that are drawn, or left out */
  add({ text, nanos, uart }: TimedLine): boolean {
    const numbers = numbersIn(text);
    if (numbers.length === 0) return false;
    // Lines of one USB packet have come at once, and yet one after the other.
    this.newestNanos = Math.max(nanos, this.newestNanos + 1);
    for (const { name, value } of numbers) this.push(name, value, uart);
    return true;
  }

  clear(): void {
    this.curves.clear();
    this.others.clear();
    this.newestNanos = -1;
  }

  table(): Table {
    const curves = [...this.curves.values()];
    const moments = new Float64Array(curves.reduce((sum, { points }) => sum + points.length, 0));
    let count = 0;
    for (const { points } of curves) for (let row = 0; row < points.length; row++) moments[count++] = points.at(row, 0);
    moments.sort();
    const nanos = moments.filter((moment, index) => moment !== moments[index - 1]);
    return { nanos, values: curves.map(({ points }) => valuesAt(nanos, points)) };
  }

  private push(name: string, value: number, uart: number): void {
    const curve = this.curves.get(name) ?? this.begin(name, uart);
    if (curve === undefined || curve.uart !== uart) return;
    curve.newest = value;
    curve.points.push(this.newestNanos, value);
  }

  private begin(name: string, uart: number): KeptCurve | undefined {
    if (this.curves.size === MOST_CURVES) {
      if (this.others.size < MOST_OTHERS) this.others.add(name);
      return undefined;
    }
    const curve = { name, newest: NaN, uart, points: new Ring(2, MOST_POINTS) };
    this.curves.set(name, curve);
    return curve;
  }
}

function valuesAt(nanos: Float64Array, points: Ring): (number | undefined)[] {
  let row = 0;
  return Array.from(nanos, (moment) => (row < points.length && points.at(row, 0) === moment ? points.at(row++, 1) : undefined));
}
