import type { Edge } from '../../src/board/events.js';
import type { TaskEvent, TaskInfo } from '../../src/tasks/model.js';
import { linkViews } from '../src/instruments/index.js';
import type { FrameReply } from '../src/protocol.js';

/** Feeds the instruments with made-up data, to look at them without a firmware: a page for whoever works on them, no part of the site. */

const timeline = document.querySelector('uasync-timeline') as HTMLElementTagNameMap['uasync-timeline'];
const logic = document.querySelector('uasync-logic') as HTMLElementTagNameMap['uasync-logic'];
const tasks = document.querySelector('uasync-tasks') as HTMLElementTagNameMap['uasync-tasks'];
linkViews(timeline, logic);
logic.pins = [
  { pin: 15, name: 'button' },
  { pin: 25, name: 'LED' },
];
const query = new URLSearchParams(location.search);
if (query.has('dark')) document.documentElement.dataset['theme'] = 'dark';

const END = 3.2e9;
const MS = 1e6;

function events(): TaskEvent[] {
  const result: TaskEvent[] = ['async_main', 'blink', 'measure_temperature', 'spinner'].map((name, id) => ({ kind: 'created', nanos: 8000 + id, id: id + 1, name }));
  const step = (id: number, nanos: number, length: number, by: 1 | 2 | 'timer' | 'IO_IRQ_BANK0' = 'timer', late = 3e3): void => {
    if (by === 'timer') result.push({ kind: 'woken', nanos: nanos - late, id, by: { kind: 'timer' } });
    else if (typeof by === 'number') result.push({ kind: 'woken', nanos: nanos - late, id, by: { kind: 'task', id: by } });
    else result.push({ kind: 'woken', nanos: nanos - late, id, by: { kind: 'interrupt', name: by } });
    result.push({ kind: 'step', nanos, end: nanos + length, id });
  };
  for (let at = 40 * MS; at < END; at += 40 * MS) step(1, at, 6e3);
  for (let at = 0.31e9; at < END; at += 250 * MS) step(2, at, 9e3, at % (500 * MS) < 200 * MS ? 1 : 'timer');
  for (let at = 0.5e9; at < 2.2e9; at += 600 * MS) {
    step(3, at, 80 * MS, 'IO_IRQ_BANK0', 2 * MS);
    step(2, at + 81 * MS, 9e3, 'timer', 60 * MS);
  }
  for (let at = 1.4e9; at < 1.7e9; at += 20e3) result.push({ kind: 'step', nanos: at, end: at + 8e3, id: 4 });
  result.push({ kind: 'ended', nanos: 2.3e9, id: 3, how: 'returned' });
  return result.sort((a, b) => ('end' in a ? a.end : a.nanos) - ('end' in b ? b.end : b.nanos));
}

function edges(): Edge[] {
  const result: Edge[] = [];
  for (let at = 0.31e9, level = 1; at < END; at += 250 * MS, level = 1 - level) result.push({ pin: 25, nanos: at, level });
  for (const at of [0.9e9, 1.9e9]) result.push({ pin: 15, nanos: at, level: 0 }, { pin: 15, nanos: at + 120 * MS, level: 1 });
  for (let at = 1e9, level = 1; at < 1.5e9; at += 50e3, level = 1 - level) result.push({ pin: 4, nanos: at, level });
  return result.sort((a, b) => a.nanos - b.nanos);
}

const place = (line: number): { file: string; line: number } => ({ file: 'examples/05_queue.cpp', line });
const activity = { runNanos: 4e6, steps: 80, wakes: 80, longestStep: 12e3, longestStepAt: 1e9 };
const base: TaskInfo = {
  id: 1, address: 0x20000a40, name: 'async_main', state: 'waiting', waitsFor: 'sleep', object: undefined, deadline: END + 12 * MS, since: END - 28 * MS,
  place: place(20), bytes: 312, activity,
  coroutines: [
    { name: 'async_main', place: place(34), frameBytes: 168 },
    { name: 'wait_button', place: place(20), frameBytes: 72 },
  ],
};
const infos: TaskInfo[] = [
  { ...base, state: 'sleeping' },
  { ...base, id: 2, name: 'blink', state: 'waiting', waitsFor: 'Queue::get', object: 'queue', deadline: undefined, place: place(13), bytes: 152, coroutines: [{ name: 'blink', place: place(13), frameBytes: 96 }] },
  { ...base, id: 4, name: 'spinner', state: 'running', waitsFor: undefined, deadline: undefined, since: END - 700 * MS, place: undefined, coroutines: [], activity: { ...activity, longestStep: 8e3, runNanos: 0.5e9 } },
  { ...base, id: 5, name: 'log', state: 'ready', waitsFor: undefined, deadline: undefined, since: END - 690 * MS, place: place(41), bytes: undefined, coroutines: [{ name: 'log', place: place(41), frameBytes: undefined }] },
];

const frame: FrameReply = {
  kind: 'frame', boot: 1, nanos: END, cycles: 0, frequency: 125e6, ratio: 1, asleep: 0, levels: new Uint8Array(30), duty: new Float32Array(30), edges: edges(), droppedEdges: new Uint32Array(30),
  console: new Uint8Array(), droppedConsole: 0, isUasync: true, taskEvents: events(), droppedTaskEvents: 0, tasks: { nanos: END, tasks: infos }, displays: [], readings: [],
};
for (const element of [timeline, logic, tasks]) element.showFrame(frame);
