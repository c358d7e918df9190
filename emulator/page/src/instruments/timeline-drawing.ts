import { AXIS, type Surface } from './chart.js';
import { formatDuration } from './duration.js';
import { cover, fold, LEVELS, runsOf } from './folding.js';
import type { TaskHistory } from './history.js';
import { type Row, shorten } from './lanes.js';
import { type Hog, sentenceOf } from './longest-step.js';
import type { LaneOfTask, TaskLane } from './task-lane.js';

export type TimelineRow = Row<LaneOfTask>;

export const TASK_HEIGHT = 30;
export const SOURCE_HEIGHT = 20;

/** Two arrows between the same tasks are drawn only this far apart: more would be a solid block. */
const ARROW_SPACING = 5;
const BAR_INSET = 7;

/** Draws the rows of a timeline: what the tasks do, and who wakes them. */
export class TimelineDrawing {
  private readonly columns: Float32Array;

  constructor(private readonly surface: Surface, private readonly history: TaskHistory, private readonly now: number) {
    this.columns = new Float32Array(surface.columns);
  }

  draw(rows: readonly TimelineRow[], hogs: readonly Hog[], selected: LaneOfTask | undefined): void {
    for (const row of rows) {
      this.drawFrame(row, row.lane === selected);
      if (row.lane.kind === 'task') this.drawTask({ ...row, lane: row.lane });
    }
    for (const hog of hogs) this.drawHog(hog, rows);
    for (const row of rows) {
      if (row.lane.kind === 'task') this.drawWakes({ ...row, lane: row.lane }, rows);
      else this.drawTicks(row);
    }
  }

  private drawFrame({ lane, top, height }: TimelineRow, isSelected: boolean): void {
    const { context, palette, width, left } = this.surface;
    context.fillStyle = palette.grid;
    context.fillRect(0, top + height - 1, width, 1);
    if (isSelected) {
      context.fillStyle = palette.focus;
      context.fillRect(0, top, 3, height - 1);
    }
    context.fillStyle = lane.kind === 'task' ? palette.text : palette.faint;
    context.fillText(shorten(lane.label, left - 16, (text) => context.measureText(text).width), 8, top + height / 2);
  }

  private drawTask({ lane, top, height }: Row<TaskLane>): void {
    const { context, palette, view } = this.surface;
    const middle = top + Math.floor(height / 2);
    const born = this.clip(lane.created ?? 0);
    const dead = this.clip(lane.ended ?? this.now);
    context.fillStyle = palette.waiting;
    // Dotted where what it did is no longer remembered, so that it does not look as if it had waited.
    const known = Math.min(dead, Math.max(born, this.clip(lane.knownFrom)));
    for (let x = born; x < known; x += 6) context.fillRect(x, middle, 2, 1);
    if (dead > known) context.fillRect(known, middle, dead - known, 1);

    fold(lane.waitedForTurn, view, this.columns);
    if (lane.readySince !== undefined && lane.ended === undefined) this.coverUntilNow(lane.readySince);
    this.drawRuns(top + BAR_INSET, height - 2 * BAR_INSET, 'ready');

    fold(lane.ran, view, this.columns);
    if (lane.runningSince !== undefined) this.coverUntilNow(lane.runningSince);
    this.drawRuns(top + BAR_INSET - 2, height - 2 * BAR_INSET + 4, 'run');

    if (lane.ended !== undefined) this.drawEnd(this.surface.xOf(lane.ended), middle);
  }

  /** Adds to the columns what goes on since a moment. */
  private coverUntilNow(since: number): void {
    const { xOf, left } = this.surface;
    cover(this.columns, xOf(since) - left, xOf(this.now) - left);
  }

  private drawRuns(top: number, height: number, kind: 'run' | 'ready'): void {
    const { context, palette, left } = this.surface;
    context.fillStyle = kind === 'run' ? palette.run : palette.ready;
    for (const { start, end, level } of runsOf(this.columns)) {
      if (kind === 'ready') {
        context.globalAlpha = 0.22;
        context.fillRect(left + start, top, end - start, height);
        context.globalAlpha = 0.8;
        this.hatch(left + start, left + end, top, height);
      } else {
        context.globalAlpha = 0.65 + (0.35 * level) / LEVELS;
        context.fillRect(left + start, top, end - start, height);
      }
    }
    context.globalAlpha = 1;
  }

  /** Slanted lines, which stay where they are as the bar grows. */
  private hatch(from: number, to: number, top: number, height: number): void {
    const { context, palette } = this.surface;
    if (to - from < 3) return;
    context.save();
    context.beginPath();
    context.rect(from, top, to - from, height);
    context.clip();
    context.beginPath();
    for (let x = Math.floor((from - height) / 6) * 6; x < to; x += 6) {
      context.moveTo(x, top + height);
      context.lineTo(x + height, top);
    }
    context.strokeStyle = palette.ready;
    context.lineWidth = 1;
    context.stroke();
    context.restore();
  }

  private drawEnd(x: number, middle: number): void {
    const { context, palette, left, width } = this.surface;
    if (x < left || x > width) return;
    context.fillStyle = palette.text;
    context.fillRect(Math.round(x) - 1, middle - 7, 2, 14);
    context.fillRect(Math.round(x) - 4, middle - 1, 6, 2);
  }

  private drawHog({ lane, start, end, isOpen }: Hog, rows: readonly TimelineRow[]): void {
    const row = rows.find((candidate) => candidate.lane === lane);
    const { context, palette, width } = this.surface;
    if (row === undefined) return;
    const from = this.clip(start);
    const to = Math.max(this.clip(end), from + 2);
    const top = row.top + BAR_INSET - 3;
    const height = row.height - 2 * BAR_INSET + 6;
    context.fillStyle = palette.hog;
    context.fillRect(from, top, to - from, height);
    const text = sentenceOf({ lane, start, end, isOpen });
    const shorter = formatDuration(end - start);
    const fitting = [text, shorter].find((candidate) => context.measureText(candidate).width + 12 <= to - from);
    context.fillStyle = fitting === undefined ? palette.hog : palette.onHog;
    if (fitting !== undefined) context.fillText(fitting, from + 6, row.top + row.height / 2);
    else if (to + 6 + context.measureText(shorter).width < width && to - from > 6) context.fillText(shorter, to + 4, row.top + row.height / 2);
  }

  /** An arrow from who woke it, at the moment at which it did. */
  private drawWakes({ lane, top, height }: Row<TaskLane>, rows: readonly TimelineRow[]): void {
    const { context, palette, view, xOf } = this.surface;
    const drawn = new Map<number, number>();
    const tops = new Map<LaneOfTask, TimelineRow>(rows.map((row) => [row.lane, row]));
    for (let index = lane.wakes.firstFrom(0, view.start); index < lane.wakes.length; index++) {
      const nanos = lane.wakes.at(index, 0);
      if (nanos > view.end) break;
      const code = lane.wakes.at(index, 1);
      const x = Math.round(xOf(nanos)) + 0.5;
      if (x - (drawn.get(code) ?? -Infinity) < ARROW_SPACING) continue;
      drawn.set(code, x);
      const source = this.history.sourceOf(code);
      const from = source && tops.get(source);
      if (from === undefined || from.lane === lane) continue;
      const isDown = from.top < top;
      context.strokeStyle = context.fillStyle = from.lane.kind === 'task' ? palette.wake : palette.source;
      this.arrow(x, from.top + from.height / 2, isDown ? top + BAR_INSET - 2 : top + height - BAR_INSET + 2, isDown ? 1 : -1);
    }
  }

  private arrow(x: number, from: number, to: number, down: 1 | -1): void {
    const { context } = this.surface;
    context.globalAlpha = 0.75;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, from);
    context.lineTo(x, to);
    context.stroke();
    context.beginPath();
    context.moveTo(x, to);
    context.lineTo(x - 3, to - 5 * down);
    context.lineTo(x + 3, to - 5 * down);
    context.fill();
    context.globalAlpha = 1;
  }

  private drawTicks({ lane, top, height }: TimelineRow): void {
    const { context, palette, view, xOf } = this.surface;
    if (lane.kind === 'task') return;
    context.fillStyle = palette.source;
    let last = -Infinity;
    for (let index = lane.ticks.firstFrom(0, view.start); index < lane.ticks.length; index++) {
      const nanos = lane.ticks.at(index, 0);
      if (nanos > view.end) break;
      const x = Math.round(xOf(nanos));
      if (x === last) continue;
      last = x;
      context.fillRect(x, top + 4, 1, height - 8);
    }
  }

  /** Where a moment is, or the edge beyond which it is. */
  private clip(nanos: number): number {
    const { xOf, left, width } = this.surface;
    return Math.min(width, Math.max(left, xOf(nanos)));
  }
}

/** The rows begin below the axis. */
export const FIRST_ROW = AXIS;
