import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { taskLines } from '../../page/src/task-lines.js';
import type { TaskSnapshot } from '../../src/tasks/model.js';

describe('the lines at which tasks wait', () => {
  it('have the names of all that wait there, or await who does', () => {
    const at = (line: number, file = 'examples/a.cpp'): object => ({ place: { file, line } });
    const tasks = [
      { name: 'main', coroutines: [at(9), at(4)], ...at(9) },
      { name: 'blink', coroutines: [], ...at(4) },
      { name: 'other', coroutines: [at(4, 'src/b.cpp'), { place: undefined }], place: undefined },
    ];
    const lines = taskLines({ tasks } as unknown as TaskSnapshot, (file) => file.endsWith('/a.cpp'));
    assert.deepEqual([...lines], [[9, 'main'], [4, 'main, blink']]);
  });
});
