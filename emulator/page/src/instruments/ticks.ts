import { formatMoment } from './duration.js';
import type { TimeSpan } from './time-view.js';

/** A mark on the axis of time. */
export interface Tick {
  readonly nanos: number;
  readonly label: string;
}

/**
 * The marks for an axis, at round times: steps of 1, 2 or 5 times a power of ten.
 *
 * @param width of the axis in pixels
 * @param spacing how many pixels a label needs
 */
export function ticksOf({ start, end }: TimeSpan, width: number, spacing: number): Tick[] {
  const step = roundStep(((end - start) * spacing) / Math.max(1, width));
  const ticks: Tick[] = [];
  // Counted in steps, not added up: the sum would drift off the round times.
  const last = Math.floor(end / step);
  for (let index = Math.ceil(start / step); index <= last; index++) ticks.push({ nanos: index * step, label: formatMoment(index * step, step) });
  return ticks;
}

/** The least round step that is not below `least`; a nanosecond at the smallest. */
export function roundStep(least: number): number {
  if (least <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(least) + 1e-9);
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}
