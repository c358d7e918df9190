/** One of the two long edges of the Pico as it lies. */
export type Side = 'above' | 'below';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a wire connects. */
export interface Connection {
  /** The part's index. */
  readonly part: number;
  readonly gpio: number;
  readonly pinX: number;
  readonly pinSide: Side;
  /** Which end of the Pico is nearer to the pin. */
  readonly isNearRight: boolean;
  readonly side: Side;
  /** The part's row, counted from the Pico. */
  readonly row: number;
  readonly terminalX: number;
}

/** A piece of a wire that runs along the Pico, between two rows. */
interface Run {
  readonly side: Side;
  readonly channel: number;
  readonly from: number;
  readonly to: number;
  lane: number;
}

export interface Wire extends Connection {
  readonly runs: readonly Run[];
}

/** Between two wires that run side by side past the end of the Pico. */
export const END_PITCH = 8;

const LANE_PITCH = 8;
const GAP_PITCH = 5;
const MARGIN = 14;
/** Runs closer than this in the same lane would look connected. */
const CLEARANCE = 10;
const CORNER = 7;

/**
 * Leads wires from pins to parts. The rooms between the Pico and the rows of parts are channels, counted from the Pico; a wire goes along
 * a channel in a lane of its own, through a gap between two parts of a row into the next channel, and past an end of the Pico to the other side.
 */
export class WirePlan {
  private readonly planned: Wire[] = [];
  private readonly endUses = { left: 0, right: 0 };
  private readonly gapUses = new Map<string, number>();
  private isLaned = false;

  constructor(
    private readonly width: number,
    private readonly rows: Readonly<Record<Side, readonly (readonly Span[])[]>>,
    private readonly ends: { readonly left: number; readonly right: number },
  ) {}

  add(connection: Connection): void {
    const { pinX, pinSide, side, row, terminalX } = connection;
    const runs: Run[] = [];
    let x = pinX;
    const runTo = (to: number, at: Side, channel: number): void => {
      runs.push({ side: at, channel, from: x, to, lane: 0 });
      x = to;
    };
    if (pinSide !== side) runTo(this.endX(connection.isNearRight), pinSide, 0);
    for (let channel = 0; channel < row; channel++) runTo(this.gapX(side, channel, x, terminalX), side, channel);
    runTo(terminalX, side, row);
    this.planned.push({ ...connection, runs });
  }

  get wires(): readonly Wire[] {
    return this.planned;
  }

  /** The height of a channel. */
  room(side: Side, channel: number): number {
    this.assignLanes();
    const lanes = this.runsIn(side, channel).map(({ lane }) => lane + 1);
    const isBare = lanes.length === 0 && this.rows[side][channel] === undefined;
    return isBare ? 0 : 2 * MARGIN + LANE_PITCH * (Math.max(1, ...lanes) - 1);
  }

  /**
   * The corners of a wire.
   *
   * @param starts where each channel ends towards the Pico
   * @param endY where the terminal is
   */
  points({ pinX, pinSide, runs }: Wire, starts: Readonly<Record<Side, readonly number[]>>, endY: number): Point[] {
    const points: Point[] = [{ x: pinX, y: starts[pinSide][0] as number }];
    for (const { side, channel, from, to, lane } of runs) {
      if (Math.abs(to - from) < 0.5) continue;
      const distance = MARGIN + LANE_PITCH * lane;
      const y = (starts[side][channel] as number) + (side === 'below' ? distance : -distance);
      points.push({ x: from, y }, { x: to, y });
    }
    points.push({ x: (runs.at(-1) as Run).to, y: endY });
    return points;
  }

  private endX(isRight: boolean): number {
    const distance = 2 + END_PITCH * (isRight ? ++this.endUses.right : ++this.endUses.left);
    return isRight ? this.ends.right + distance : this.ends.left - distance;
  }

  /** A way through a row: the gap that makes the wire shortest, each wire a little beside the one before. */
  private gapX(side: Side, row: number, from: number, to: number): number {
    const spans = this.rows[side][row] ?? [];
    const gaps = [0, ...spans.map((span) => span.to)].map((start, index) => [start, spans[index]?.from ?? this.width] as const);
    const centers = gaps.filter(([start, end]) => end - start > GAP_PITCH).map(([start, end]) => Math.min(Math.max((from + to) / 2, start + GAP_PITCH), end - GAP_PITCH));
    const length = (x: number): number => Math.abs(x - from) + Math.abs(x - to);
    const best = centers.reduce((shortest, x) => (length(x) < length(shortest) ? x : shortest), centers[0] ?? (from + to) / 2);
    const key = `${side} ${row} ${Math.round(best / 20)}`;
    const uses = this.gapUses.get(key) ?? 0;
    this.gapUses.set(key, uses + 1);
    return best + GAP_PITCH * (uses % 2 === 0 ? uses / 2 : -(uses + 1) / 2);
  }

  private runsIn(side: Side, channel: number): Run[] {
    return this.planned.flatMap(({ runs }) => runs).filter((run) => run.side === side && run.channel === channel && Math.abs(run.to - run.from) >= 0.5);
  }

  /** Those that go right are taken from the right, those that go left from the left, and each farther from the Pico than what it passes: so they cross least. */
  private assignLanes(): void {
    if (this.isLaned) return;
    this.isLaned = true;
    for (const side of ['above', 'below'] as const) {
      for (let channel = 0; channel < Math.max(1, this.rows[side].length); channel++) {
        const runs = this.runsIn(side, channel);
        const rightward = runs.filter(({ from, to }) => to > from).sort((a, b) => b.from - a.from);
        const leftward = runs.filter(({ from, to }) => to < from).sort((a, b) => a.from - b.from);
        const done: Run[] = [];
        for (const run of [...rightward, ...leftward]) {
          run.lane = 1 + Math.max(-1, ...done.filter((other) => overlap(run, other)).map(({ lane }) => lane));
          done.push(run);
        }
      }
    }
  }
}

/** A wire's path for SVG, with rounded corners. */
export function wirePath(points: readonly Point[]): string {
  const [start, ...rest] = points as [Point, ...Point[]];
  let path = `M${round(start.x)} ${round(start.y)}`;
  rest.forEach((corner, index) => {
    const before = points[index] as Point;
    const after = points[index + 2];
    if (after === undefined) {
      path += `L${round(corner.x)} ${round(corner.y)}`;
      return;
    }
    const radius = Math.min(CORNER, distance(before, corner) / 2, distance(corner, after) / 2);
    const from = towards(corner, before, radius);
    const to = towards(corner, after, radius);
    path += `L${round(from.x)} ${round(from.y)}Q${round(corner.x)} ${round(corner.y)} ${round(to.x)} ${round(to.y)}`;
  });
  return path;
}

function overlap(a: Run, b: Run): boolean {
  return Math.min(a.from, a.to) < Math.max(b.from, b.to) + CLEARANCE && Math.min(b.from, b.to) < Math.max(a.from, a.to) + CLEARANCE;
}

function distance(a: Point, b: Point): number {
  return Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
}

function towards(from: Point, to: Point, length: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: from.x + ((to.x - from.x) * length) / whole, y: from.y + ((to.y - from.y) * length) / whole };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
