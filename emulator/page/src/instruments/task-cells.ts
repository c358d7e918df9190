import type { SourcePlace, TaskInfo } from '../../../src/tasks/model.js';
import { formatDuration } from './duration.js';

/** The columns of the table of tasks: what is narrow enough to stay on a phone comes first. */
export const COLUMNS = [
  { key: 'name', title: 'Task', hint: 'The coroutine that the task was made of' },
  { key: 'state', title: 'State', hint: 'What the task does just now, on which of several loops, and its level' },
  { key: 'waitsFor', title: 'Waits for', hint: 'What it waits for, and at which line' },
  { key: 'since', title: 'Since', hint: 'How long it has been in its state' },
  { key: 'share', title: 'Share', hint: 'Share of the time since power-on in which it ran' },
  { key: 'longest', title: 'Longest step', hint: 'The longest time that it ran without a break' },
  { key: 'wakes', title: 'Wakes', hint: 'How often it was woken' },
  { key: 'bytes', title: 'Bytes', hint: 'Its memory: control block and frames' },
] as const;

export type ColumnKey = (typeof COLUMNS)[number]['key'];

/** What stands in a cell. */
export interface Cell {
  readonly text: string;
  readonly place?: SourcePlace | undefined;
  readonly isHog?: boolean | undefined;
}

/** Says why there is no task. @param hadTasks whether there was one since power-on */
export function reasonForNone(isUasync: boolean, hadTasks: boolean): string {
  if (!isUasync) return 'This firmware does not use uasync, or was built without its descriptor.';
  return hadTasks ? 'All tasks have ended. The timeline shows what they did.' : 'No tasks yet.';
}

/** Says of a task what its row of the table says; what is not known is left empty. */
export function cellsOf(task: TaskInfo, nanos: number, hogNanos: number): Readonly<Record<ColumnKey, Cell>> {
  const { activity, since, state } = task;
  const ongoing = state === 'running' && since !== undefined ? nanos - since : 0;
  const longest = activity === undefined && ongoing === 0 ? undefined : Math.max(activity?.longestStep ?? 0, ongoing);
  return {
    name: { text: task.name },
    state: { text: [state, task.loop, task.level && `level ${task.level}`].filter(Boolean).join(', ') },
    waitsFor: { text: waitOf(task, nanos), place: task.place },
    since: { text: since === undefined ? '' : formatDuration(Math.max(0, nanos - since)) },
    share: { text: activity === undefined ? '' : percentOf(activity.runNanos, nanos) },
    longest: { text: longest === undefined ? '' : formatDuration(longest), isHog: longest !== undefined && longest > hogNanos },
    wakes: { text: activity === undefined ? '' : activity.wakes.toLocaleString('en') },
    bytes: { text: task.bytes === undefined ? '' : task.bytes.toLocaleString('en') },
  };
}

/** Says what a task waits for: `Queue::get (queue), in 12.0 ms at the latest`, `Lock::acquire (lock), held by logger`. */
export function waitOf({ state, waitsFor, object, heldBy, behind, deadline }: TaskInfo, nanos: number): string {
  if (state === 'ready') return behind === undefined ? 'its turn' : `its turn, behind ${behind}`;
  const held = heldBy === undefined ? '' : `, held by ${heldBy}`;
  const words = waitsFor === undefined ? '' : `${waitsFor}${object === undefined ? '' : ` (${object})`}${held}`;
  if (deadline === undefined) return words;
  const left = deadline - nanos;
  const due = left <= 0 ? 'due' : `in ${formatDuration(left)}`;
  if (words === '') return due;
  return state === 'sleeping' || waitsFor === 'sleep' ? `${words}, ${due}` : `${words}, ${due} at the latest`;
}

function percentOf(part: number, whole: number): string {
  if (whole <= 0) return '';
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`;
}
