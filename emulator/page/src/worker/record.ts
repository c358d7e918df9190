import type { Edge } from '../../../src/board/events.js';
import { Pico } from '../../../src/board/pico.js';
import type { Press } from '../../../src/board/units.js';
import { parseImage } from '../../../src/firmware/load.js';
import type { TaskEvent } from '../../../src/tasks/model.js';
import { TaskObserver } from '../../../src/tasks/observer.js';
import type { RecordReply } from '../protocol.js';

/** Runs a firmware from power-on to a simulated time, and keeps all that happens. */
export function record(file: Uint8Array, untilNanos: number, presses: readonly Press[]): RecordReply {
  const image = parseImage(file);
  const edges: Edge[] = [];
  const taskEvents: TaskEvent[] = [];
  const pico = new Pico(image, { onEdge: (edge) => edges.push(edge) });
  const observer = new TaskObserver(pico, image, (event) => taskEvents.push(event));
  for (const { pin, startNanos, durationNanos } of presses) pico.schedulePress(pin, startNanos, durationNanos);
  pico.run(untilNanos);
  observer.finish();
  return { kind: 'recording', nanos: pico.nanos, cycles: pico.cycles, edges, taskEvents };
}
