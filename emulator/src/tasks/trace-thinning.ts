import type { Edge } from '../board/events.js';
import type { TaskEvent } from './model.js';

type Step = Extract<TaskEvent, { kind: 'step' }>;

/** What a trace is made of. */
export interface TraceContents {
  readonly events: readonly TaskEvent[];
  readonly edges: readonly Edge[];
}

/**
 * Leaves out what is closer together than a resolution: time is cut in pieces of that length, and in each piece the steps of a task become
 * one, which tells how many they were; of the wakes of a task by the same waker the first is left, and of the edges of a pin the first and
 * the last.
 *
 * Steps that reach from one piece into another, and tasks that begin and end, stay as they are.
 *
 * @param events in order of time
 * @param edges in order of time
 * @param resolution in nanoseconds
 */
export function thin({ events, edges }: TraceContents, resolution: number): TraceContents {
  return { events: thinEvents(events, resolution), edges: thinEdges(edges, resolution) };
}

function thinEvents(events: readonly TaskEvent[], resolution: number): TaskEvent[] {
  const kept: TaskEvent[] = [];
  const open = new Map<number, number>();
  const wakes = new Map<string, number>();
  for (const event of events) {
    const piece = Math.floor(event.nanos / resolution);
    if (event.kind === 'step') {
      const index = open.get(event.id);
      const before = index === undefined ? undefined : (kept[index] as Step);
      if (before !== undefined && piece === Math.floor(before.nanos / resolution) && piece === Math.floor(event.end / resolution)) {
        kept[index as number] = { ...before, end: event.end, steps: (before.steps ?? 1) + (event.steps ?? 1) };
        continue;
      }
      open.set(event.id, kept.length);
    } else if (event.kind === 'woken') {
      const { by } = event;
      const who = `${event.id} ${by.kind} ${by.kind === 'task' ? by.id : by.kind === 'interrupt' ? by.name : ''}`;
      if (wakes.get(who) === piece) continue;
      wakes.set(who, piece);
    }
    kept.push(event);
  }
  return kept;
}

function thinEdges(edges: readonly Edge[], resolution: number): Edge[] {
  const kept: Edge[] = [];
  /** Of each pin: the piece of its newest edges, where the last of them stands, and how many are left of that piece. */
  const newest = new Map<number, { piece: number; index: number; count: number }>();
  for (const edge of edges) {
    const piece = Math.floor(edge.nanos / resolution);
    const last = newest.get(edge.pin);
    if (last?.piece === piece && last.count === 2) {
      kept[last.index] = { ...edge };
      continue;
    }
    newest.set(edge.pin, { piece, index: kept.length, count: last?.piece === piece ? 2 : 1 });
    kept.push(edge);
  }
  return kept.sort((a, b) => a.nanos - b.nanos);
}
