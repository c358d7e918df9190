import type { SourcePlace, TaskInfo, TaskSnapshot } from './model.js';

const GAP = '  ';

/** A table of the tasks for people, with the nested coroutines of each below it. */
export function formatTasks({ nanos, tasks }: TaskSnapshot): string {
  const head = `${formatTime(nanos)} after power-on: ${tasks.length === 1 ? '1 task' : `${tasks.length} tasks`}\n`;
  if (tasks.length === 0) return head;
  const loops = tasks.some(({ loop }) => loop !== undefined) ? (loop = '') => [loop] : () => [];
  const table = [
    ['TASK', ...loops('LOOP'), 'STATE', 'WAITS FOR', 'FOR', 'AT', 'BYTES', 'RAN', 'STEPS', 'LONGEST', 'WAKES'],
    ...tasks.map((task) => {
      const [name, ...cells] = row(task, nanos);
      return [name as string, ...loops(task.loop), ...cells];
    }),
  ];
  const firstNumber = (table[0] as string[]).indexOf('BYTES');
  const widths = (table[0] as string[]).map((_, column) => Math.max(...table.map((cells) => (cells[column] as string).length)));
  const lines = table.map((cells) => cells.map((cell, column) => (column < firstNumber ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))));
  const text = lines.flatMap((cells, index) => [cells.join(GAP).trimEnd(), ...chain(tasks[index - 1])]);
  return `${head}\n${text.join('\n')}\n`;
}

function row(task: TaskInfo, nanos: number): string[] {
  const { activity } = task;
  return [
    task.name,
    task.level === undefined ? task.state : `${task.state}, level ${task.level}`,
    waits(task, nanos),
    task.since === undefined ? '' : formatTime(nanos - task.since),
    formatPlace(task.place),
    task.bytes === undefined ? '?' : String(task.bytes),
    activity === undefined || nanos === 0 ? '' : `${((100 * activity.runNanos) / nanos).toFixed(2)} %`,
    String(activity?.steps ?? ''),
    activity === undefined ? '' : formatTime(activity.longestStep),
    String(activity?.wakes ?? ''),
  ];
}

function waits({ state, waitsFor, object, heldBy, behind, deadline }: TaskInfo, nanos: number): string {
  const turn = behind === undefined ? 'its turn' : `its turn, behind ${behind}`;
  if (waitsFor === undefined) return { ready: turn, waiting: '?', sleeping: '?', running: '', ending: '' }[state];
  const held = heldBy === undefined ? '' : `, held by ${heldBy}`;
  return waitsFor + (object === undefined ? '' : ` (${object})`) + held + (deadline === undefined ? '' : `, ${due(deadline - nanos)}`);
}

function due(left: number): string {
  return left < 0 ? `due ${formatTime(-left)} ago` : `due in ${formatTime(left)}`;
}

/** Who awaits whom, where there is more than one coroutine. */
function chain(task: TaskInfo | undefined): string[] {
  if (task === undefined || task.coroutines.length < 2) return [];
  const { coroutines } = task;
  return [...coroutines]
    .reverse()
    .map(({ name, place }, index) => `${GAP}${index === 0 ? '' : 'awaited by '}${name}${place === undefined ? '' : ` at ${formatPlace(place)}`}`);
}

function formatPlace(place: SourcePlace | undefined): string {
  return place === undefined ? '?' : `${place.file}:${place.line}`;
}

/** `1.234 s`, `12.3 ms`, `8.00 us`, `250 ns`. */
export function formatTime(nanos: number): string {
  if (nanos < 999.5) return `${Math.round(nanos)} ns`;
  if (nanos >= 999.95e6) return `${(nanos / 1e9).toFixed(3)} s`;
  const [value, unit] = nanos < 999.95e3 ? [nanos / 1e3, 'us'] : [nanos / 1e6, 'ms'];
  return `${value.toFixed(value < 9.995 ? 2 : 1)} ${unit}`;
}

/** The same for programs: times in microseconds, as in the report of a run. */
export function tasksAsJson({ nanos, tasks }: TaskSnapshot): unknown {
  const micros = (time: number | undefined): number | null => (time === undefined ? null : Math.round(time * 1000) / 1e6);
  return {
    t_us: micros(nanos),
    tasks: tasks.map((task) => ({
      id: task.id,
      name: task.name,
      ...(task.loop === undefined ? {} : { loop: task.loop }),
      state: task.state,
      waits_for: task.waitsFor ?? null,
      object: task.object ?? null,
      held_by: task.heldBy ?? null,
      level: task.level ?? 0,
      behind: task.behind ?? null,
      deadline_us: micros(task.deadline),
      since_us: micros(task.since),
      place: task.place ?? null,
      bytes: task.bytes ?? null,
      coroutines: task.coroutines.map(({ name, place, frameBytes }) => ({ name, place: place ?? null, frame_bytes: frameBytes ?? null })),
      run_us: micros(task.activity?.runNanos),
      steps: task.activity?.steps ?? null,
      wakes: task.activity?.wakes ?? null,
      longest_step_us: micros(task.activity?.longestStep),
      longest_step_at_us: micros(task.activity?.longestStepAt),
    })),
  };
}
