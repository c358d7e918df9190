import type { Image } from '../../src/image.js';
import type { Pico } from '../../src/pico.js';
import type { TaskEvent, TaskSnapshot } from '../../src/tasks/model.js';

/** What the page needs of the reader of tasks. */
export interface TaskReader {
  readonly isUasync: boolean;
  snapshot(): TaskSnapshot;
  finish(): void;
}

type Observer = new (pico: Pico, image: Image, onEvent?: (event: TaskEvent) => void) => TaskReader;

const found = import.meta.glob<{ TaskObserver: Observer }>('../../src/tasks/observer.ts', { eager: true });
const observer = Object.values(found)[0]?.TaskObserver;

/** Watches the tasks of a firmware. */
export function observeTasks(pico: Pico, image: Image, onEvent: (event: TaskEvent) => void): TaskReader {
  if (observer) return new observer(pico, image, onEvent);
  return { isUasync: false, snapshot: () => ({ nanos: pico.nanos, tasks: [] }), finish() {} };
}
