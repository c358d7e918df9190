import type { Edge } from './events.js';

/** The edges between two moments, and the levels before them. */
export interface EdgeRange {
  readonly startNanos: number;
  readonly endNanos: number;
  /** The level at the start of each pin that has an edge before or in the range, by its number. */
  readonly levels: ReadonlyMap<number, number>;
  readonly edges: readonly Edge[];
}

/** Cuts out the edges from one moment up to another. @param edges in the order in which they happened */
export function edgesBetween(edges: readonly Edge[], startNanos: number, endNanos: number): EdgeRange {
  const levels = new Map<number, number>();
  const inside: Edge[] = [];
  for (const edge of edges) {
    if (edge.nanos > endNanos) break;
    if (edge.nanos <= startNanos) {
      levels.set(edge.pin, edge.level);
      continue;
    }
    if (!levels.has(edge.pin)) levels.set(edge.pin, 1 - edge.level);
    inside.push(edge);
  }
  return { startNanos, endNanos, levels, edges: inside };
}
