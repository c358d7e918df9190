import { expect, it } from 'vitest';
import type { TaskEvent } from '../../src/tasks/model.js';
import { TaskRecording } from '../../src/tasks/recording.js';

it('a recording keeps the newest events, counts the others, and keeps all names', () => {
  const recording = new TaskRecording(10);
  const step = (nanos: number): TaskEvent => ({ kind: 'step', nanos, end: nanos + 1, id: 1 });
  recording.push({ kind: 'created', nanos: 0, id: 1, name: 'blink' });
  for (let nanos = 1; nanos <= 33; nanos++) recording.push(step(nanos));
  const { events, leftOut } = recording.take();
  expect(leftOut).toBe(23);
  expect(events.map(({ nanos }) => nanos)).toEqual([0, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33]);
});
