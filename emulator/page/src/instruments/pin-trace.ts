import { Ring } from './ring.js';
import type { TimeSpan } from './time-view.js';

/** Edges that are remembered of a pin. */
const KEPT = 100_000;

const NANOS = 0;
const LEVEL = 1;
/** Above 0 where edges between the one before and this are not known. */
const MISSED = 2;

/** A pulse: the time between two edges in which the level stays. */
export interface Pulse {
  /** `unknown` where edges came too fast to be recorded, `forgotten` before the oldest that is remembered. */
  readonly level: number | 'unknown' | 'forgotten';
  /** Undefined where it began before anything that is remembered. */
  readonly start: number | undefined;
  /** Undefined while it lasts. */
  readonly end: number | undefined;
  /** From the edge with which it began to the next one of that kind; undefined where that is not known. */
  readonly period: number | undefined;
}

/** What is to be drawn in some columns of pixels. */
export interface WavePart {
  readonly start: number;
  readonly end: number;
  /** `both` where the level changes too often for the columns to show each edge, or to be recorded. */
  readonly level: 0 | 1 | 'both';
}

/** The level of a pin over time. */
export class PinTrace {
  private readonly edges = new Ring(3, KEPT);
  private firstLevel = 0;
  private missed = 0;
  private missedInAll = 0;

  constructor(readonly pin: number) {}

  get edgeCount(): number {
    return this.edges.length + this.edges.dropped + this.missedInAll;
  }

  /** The level before any edge. */
  start(level: number): void {
    if (this.edges.length === 0) this.firstLevel = level;
  }

  push(nanos: number, level: number): void {
    if (this.edges.length === 0) this.firstLevel = 1 - level;
    this.edges.push(nanos, level, this.missed);
    this.missed = 0;
  }

  /** So many edges came before the next that is told. */
  miss(count: number): void {
    this.missed += count;
    this.missedInAll += count;
  }

  levelAt(nanos: number): number {
    return this.levelBefore(this.edges.firstFrom(NANOS, nanos + 1e-3));
  }

  pulseAt(nanos: number): Pulse {
    const { edges } = this;
    const next = edges.firstFrom(NANOS, nanos + 1e-3);
    const nothing = { start: undefined, end: undefined, period: undefined };
    if (next === 0 && edges.dropped > 0) return { level: 'forgotten', ...nothing };
    if (next < edges.length && edges.at(next, MISSED) > 0) return { level: 'unknown', ...nothing };
    const begins = next > 0 ? edges.at(next - 1, NANOS) : undefined;
    const end = next < edges.length ? edges.at(next, NANOS) : undefined;
    const again = this.knows(next + 1) ? edges.at(next + 1, NANOS) : undefined;
    const before = this.knows(next - 2) && this.knows(next - 1) ? edges.at(next - 3, NANOS) : undefined;
    const period = begins === undefined ? undefined : again !== undefined ? again - begins : before === undefined ? undefined : begins - before;
    return { level: this.levelBefore(next), start: begins, end, period };
  }

  /** The moment of the edge before or after a moment; undefined if there is none. */
  edgeBeside(nanos: number, by: -1 | 1): number | undefined {
    const index = by > 0 ? this.edges.firstFrom(NANOS, nanos + 0.5) : this.edges.firstFrom(NANOS, nanos - 0.5) - 1;
    return index >= 0 && index < this.edges.length ? this.edges.at(index, NANOS) : undefined;
  }

  /**
   * Folds the edges into columns of pixels: at most two parts a column, however many edges there are.
   *
   * @param until nothing is known after that; before the oldest edge, if older ones were forgotten, there are no parts
   */
  wave({ start, end }: TimeSpan, columns: number, until: number): WavePart[] {
    const { edges } = this;
    const xOf = (nanos: number): number => ((nanos - start) / (end - start)) * columns;
    const last = Math.min(columns, xOf(until));
    const parts: WavePart[] = [];
    let index = edges.firstFrom(NANOS, start);
    let x = index === 0 && edges.dropped > 0 ? Math.max(0, xOf(edges.at(0, NANOS))) : 0;
    while (x < last) {
      const level = index < edges.length && edges.at(index, MISSED) > 0 ? 'both' : (this.levelBefore(index) as 0 | 1);
      const at = index < edges.length ? xOf(edges.at(index, NANOS)) : Infinity;
      if (at >= last) {
        parts.push({ start: x, end: last, level });
        break;
      }
      const column = Math.floor(at) + 1;
      const next = Math.max(index + 1, edges.firstFrom(NANOS, start + (column * (end - start)) / columns));
      if (next === index + 1) {
        if (at > x) parts.push({ start: x, end: at, level });
        x = at;
      } else {
        const from = Math.max(x, column - 1);
        const previous = parts.at(-1);
        if (from > x) parts.push({ start: x, end: from, level });
        if (from === x && previous?.level === 'both') parts[parts.length - 1] = { ...previous, end: column };
        else parts.push({ start: from, end: column, level: 'both' });
        x = column;
      }
      index = next;
    }
    return parts;
  }

  /** From when on all is remembered: 0 while nothing was forgotten. */
  get knownFrom(): number {
    return this.edges.dropped > 0 ? this.edges.at(0, NANOS) : 0;
  }

  /** How many edges in a stretch of time came too fast to be recorded; those before an edge count if the edge is in it. */
  missedIn({ start, end }: TimeSpan): number {
    let missed = 0;
    for (let index = this.edges.firstFrom(NANOS, start); index < this.edges.length && this.edges.at(index, NANOS) <= end; index++) missed += this.edges.at(index, MISSED);
    return missed;
  }

  /** The edges that are remembered, in order. */
  *remembered(): Generator<{ nanos: number; level: number }> {
    for (let index = 0; index < this.edges.length; index++) yield { nanos: this.edges.at(index, NANOS), level: this.edges.at(index, LEVEL) };
  }

  /** Whether an edge and the one before it are known, and that there was none between. */
  private knows(index: number): boolean {
    return index > 0 && index < this.edges.length && this.edges.at(index, MISSED) === 0;
  }

  private levelBefore(index: number): number {
    return index === 0 ? this.firstLevel : this.edges.at(index - 1, LEVEL);
  }
}
