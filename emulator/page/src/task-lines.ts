import type { TaskSnapshot } from '../../src/tasks/model.js';

/** The names of the tasks that wait at each line. */
export function taskLines({ tasks }: TaskSnapshot, isShown: (file: string) => boolean): ReadonlyMap<number, string> {
  const names = new Map<number, Set<string>>();
  for (const task of tasks) {
    const places = [...task.coroutines.map(({ place }) => place), task.place];
    for (const place of places) {
      if (place === undefined || !isShown(place.file)) continue;
      names.set(place.line, (names.get(place.line) ?? new Set()).add(task.name));
    }
  }
  return new Map([...names].map(([line, of]) => [line, [...of].join(', ')]));
}
