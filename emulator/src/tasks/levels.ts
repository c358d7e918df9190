import type { Image } from '../firmware/image.js';
import { findLevels, type Memory } from './descriptor.js';
import type { TaskInfo } from './model.js';

type Told = Omit<TaskInfo, 'id' | 'since' | 'activity'>;

/** More than any firmware has of tasks with a level and of those that inherit one, together; lists that are longer are damaged. */
const MOST = 4096;

/** The levels of tasks (`Priority`), and what follows from them: who inherits one, and who has to wait for whom. */
export class Levels {
  private readonly first: number | undefined;

  constructor(
    image: Image,
    private readonly memory: Memory,
  ) {
    this.first = findLevels(image);
  }

  /**
   * @param tasks those of a loop
   * @param holder the task that holds the lock that a task waits for
   * @param first the loop's first record of a level, where each loop has its own
   */
  tell<T extends Told>(tasks: readonly T[], holder: (task: number) => number | undefined, first = this.first && this.memory.word(this.first)): T[] {
    const known = new Map(tasks.map((task) => [task.address, task]));
    const levels = this.read(known, holder, first);
    const levelOf = ({ address }: Told): number => levels.get(address) ?? 0;
    const next = tasks.filter(({ state }) => state === 'ready' || state === 'running').sort((a, b) => levelOf(b) - levelOf(a))[0];
    return tasks.map((task) => {
      const owner = holder(task.address);
      return {
        ...task,
        heldBy: owner === undefined ? undefined : (known.get(owner)?.name ?? '?'),
        level: levels.get(task.address),
        behind: task.state === 'ready' && next !== undefined && levelOf(next) > levelOf(task) ? next.name : undefined,
      };
    });
  }

  /** The level of each task that has one. The highest comes first in the list, so the first that is found for a task holds. */
  private read(known: ReadonlyMap<number, Told>, holder: (task: number) => number | undefined, first: number | undefined): Map<number, number> {
    const levels = new Map<number, number>();
    let record = first;
    let left = MOST;
    for (; record && left > 0; left--, record = this.memory.word(record + 4)) {
      const level = this.memory.word(record + 8);
      const seen = new Set<number>();
      for (let task = this.memory.word(record); task && level && known.has(task) && !seen.has(task) && left > 0; left--, task = holder(task)) {
        seen.add(task);
        if (!levels.has(task)) levels.set(task, level);
      }
    }
    return levels;
  }
}
