import { isBelow, PICO_BOX, pinX } from './pico-svg.js';
import { type BoardPin, pinOfGpio } from './pinout.js';
import { END_PITCH, type Point, type Side, type Span, WirePlan } from './wires.js';

/** Where a part is connected: at its edge that faces the Pico. */
export interface Terminal {
  readonly name: string;
  /** The pin that a wire leads to; undefined for ground and supply, whose wires are not drawn. */
  readonly gpio: number | undefined;
  /** The field of the board file that says which pin. */
  readonly field?: string | undefined;
  /** The colour of its wire, where it is not that of the part. */
  readonly color?: string | undefined;
}

/** A part as far as its place is concerned. Lengths on the page are in CSS pixels. */
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly terminals: readonly Terminal[];
  readonly color: string;
}

export interface PlacedBox {
  readonly x: number;
  readonly y: number;
  /** Whether it is below the Pico, so that its terminals are at its top. */
  readonly isBelow: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Where the picture of the Pico has its origin, and how large its unit is. */
  readonly pico: { readonly x: number; readonly y: number; readonly scale: number };
  /** In the order of the parts. */
  readonly parts: readonly PlacedBox[];
  readonly wires: readonly { readonly color: string; readonly gpio: number; readonly points: readonly Point[] }[];
}

/** Between two terminals of a part, where it is wide enough. */
const TERMINAL_PITCH = 31;

const LARGEST_SCALE = 1.1;
const GAP = 10;
const EDGE = 2;
const END_MARGIN = 10;

/** A part on its way to a place. */
interface Item {
  readonly index: number;
  readonly box: Box;
  /** Where its terminals would be opposite to their pins. */
  readonly wanted: number;
  x: number;
}

type Row = readonly Item[];

/** Where the n-th of a part's terminals is, from its left. */
export function terminalX(box: Box, index: number): number {
  const { width, terminals } = box;
  return width / 2 + (index - (terminals.length - 1) / 2) * Math.min(TERMINAL_PITCH, width / terminals.length);
}

/**
 * Finds places for the Pico, the parts and their wires: the Pico lies in the middle, and each part is on the side where most of its pins are,
 * as close to them as the others let it, in as many rows as the width asks for.
 */
export function layOut(boxes: readonly Box[], width: number): Layout {
  const sides = boxes.map(isBoxBelow);
  const around = boxes.flatMap((box, index) => pinsOf(box).filter((pin) => isBelow(pin) !== sides[index]));
  const right = around.filter(isNearRight).length;
  const margin = END_MARGIN + END_PITCH * Math.max(right, around.length - right);
  const scale = Math.min(LARGEST_SCALE, (width - 2 * margin) / (PICO_BOX.right - PICO_BOX.left));
  const picoX = width / 2 - ((PICO_BOX.left + PICO_BOX.right) / 2) * scale;
  const xOf = (pin: BoardPin): number => picoX + pinX(pin) * scale;

  const items = boxes.map((box, index): Item => ({ index, box, wanted: wantedX(box, xOf), x: 0 }));
  const above = fillRows(items.filter(({ index }) => !sides[index]), width);
  const below = fillRows(items.filter(({ index }) => sides[index]), width);
  const spans = (rows: readonly Row[]): Span[][] => rows.map((row) => row.map(({ x, box }) => ({ from: x, to: x + box.width })));
  const plan = new WirePlan(width, { above: spans(above), below: spans(below) }, { left: picoX + PICO_BOX.left * scale, right: picoX + PICO_BOX.right * scale });
  for (const [rows, side] of [[above, 'above'], [below, 'below']] as const) {
    rows.forEach((row, rowIndex) => row.forEach(({ index: part, box, x }) => box.terminals.forEach(({ gpio }, terminal) => {
      const pin = gpio === undefined ? undefined : pinOfGpio(gpio);
      if (gpio === undefined || pin === undefined) return;
      plan.add({ part, gpio, pinX: xOf(pin), pinSide: isBelow(pin) ? 'below' : 'above', isNearRight: isNearRight(pin), side, row: rowIndex, terminalX: x + terminalX(box, terminal) });
    })));
  }
  return stack(boxes, width, plan, { above, below }, { x: picoX, scale });
}

/** Finds the heights, from the uppermost row to the lowermost: how much room wires need between them is known by now. */
function stack(boxes: readonly Box[], width: number, plan: WirePlan, rows: Readonly<Record<Side, readonly Row[]>>, pico: { x: number; scale: number }): Layout {
  const parts: PlacedBox[] = [];
  const starts: Record<Side, number[]> = { above: [], below: [] };
  const heightOf = (row: Row): number => Math.max(0, ...row.map(({ box }) => box.height));
  let y = EDGE;
  for (let index = Math.max(1, rows.above.length) - 1; index >= 0; index--) {
    const row = rows.above[index] ?? [];
    y += heightOf(row);
    for (const { index: part, x, box } of row) parts[part] = { x, y: y - box.height, isBelow: false };
    y += plan.room('above', index);
    starts.above[index] = y;
  }
  const origin = y - PICO_BOX.top * pico.scale;
  y = origin + PICO_BOX.bottom * pico.scale;
  for (let index = 0; index < Math.max(1, rows.below.length); index++) {
    const row = rows.below[index] ?? [];
    starts.below[index] = y;
    y += plan.room('below', index);
    for (const { index: part, x } of row) parts[part] = { x, y, isBelow: true };
    y += heightOf(row);
  }
  const wires = plan.wires.map((wire) => {
    const { y: top } = parts[wire.part] as PlacedBox;
    const { color, height, terminals } = boxes[wire.part] as Box;
    const own = terminals.find(({ gpio }) => gpio === wire.gpio)?.color;
    return { color: own ?? color, gpio: wire.gpio, points: plan.points(wire, starts, wire.side === 'below' ? top : top + height) };
  });
  return { width, height: Math.ceil(y + EDGE), pico: { x: pico.x, y: origin, scale: pico.scale }, parts, wires };
}

function pinsOf({ terminals }: Box): BoardPin[] {
  return terminals.flatMap(({ gpio }) => (gpio === undefined ? [] : (pinOfGpio(gpio) ?? [])));
}

function isBoxBelow(box: Box): boolean {
  const pins = pinsOf(box);
  return 2 * pins.filter(isBelow).length >= pins.length;
}

function isNearRight(pin: BoardPin): boolean {
  return pinX(pin) > PICO_BOX.right / 2;
}

function wantedX(box: Box, xOf: (pin: BoardPin) => number): number {
  const offsets = box.terminals.flatMap(({ gpio }, index) => {
    const pin = gpio === undefined ? undefined : pinOfGpio(gpio);
    return pin === undefined ? [] : [xOf(pin) - terminalX(box, index)];
  });
  return offsets.reduce((sum, offset) => sum + offset, 0) / Math.max(1, offsets.length);
}

/** Puts parts side by side, from left to right as their pins are, and begins a row where the last is full. */
function fillRows(items: readonly Item[], width: number): Row[] {
  const rows: Item[][] = [];
  let used = Infinity;
  for (const item of [...items].sort((a, b) => a.wanted + a.box.width / 2 - b.wanted - b.box.width / 2)) {
    if (used + GAP + item.box.width > width) {
      rows.push([]);
      used = -GAP;
    }
    rows.at(-1)?.push(item);
    used += GAP + item.box.width;
  }
  for (const row of rows) place(row, width);
  return rows;
}

/** Moves each part to where it wants to be, and then as far aside as its neighbours and the edges ask for. */
function place(row: readonly Item[], width: number): void {
  let from = 0;
  for (const item of row) {
    item.x = Math.max(from, item.wanted);
    from = item.x + item.box.width + GAP;
  }
  let to = width;
  for (const item of [...row].reverse()) {
    item.x = Math.min(item.x, to - item.box.width);
    to = item.x - GAP;
  }
}
