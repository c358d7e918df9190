import { AXIS, type Surface } from './chart.js';
import { type MarksState, rangeOf } from './time-marks.js';

const FLAG_WIDTH = 14;

/** Draws the cursors with their names on the axis, and shades what is between them. @param top how far the chart is scrolled */
export function drawMarks({ context, palette, height, left, width, xOf }: Surface, marks: MarksState, top: number): void {
  const range = rangeOf(marks);
  context.fillStyle = palette.focus;
  if (range !== undefined) {
    const [from, to] = [Math.max(left, xOf(range.start)), Math.min(width, xOf(range.end))];
    context.globalAlpha = 0.12;
    if (to > from) context.fillRect(from, top, to - from, height - top);
    context.globalAlpha = 1;
  }
  for (const name of ['a', 'b'] as const) {
    const nanos = marks[name];
    if (nanos === undefined) continue;
    const x = Math.round(xOf(nanos));
    if (x < left || x >= width) continue;
    context.fillStyle = palette.focus;
    context.fillRect(x, top, 1, height - top);
    // The flag of the later one hangs to the right, that of the earlier one to the left, so that they do not cover each other.
    const isLater = range === undefined ? name === 'b' : nanos === range.end;
    const flag = Math.min(width - FLAG_WIDTH, Math.max(left, isLater ? x : x + 1 - FLAG_WIDTH));
    context.fillRect(flag, top, FLAG_WIDTH, AXIS - 6);
    context.fillStyle = palette.panel;
    context.fillText(name.toUpperCase(), flag + 3, top + (AXIS - 6) / 2);
  }
}
