import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Standing } from '../../../page/src/compare/standing.js';
import type { Request } from '../../../page/src/protocol.js';

const weather = (id: string, celsius: number): Request => ({ kind: 'weather', id, weather: { celsius, hectopascal: 1000, humidityPercent: 50 } });

describe('what holds on a board', () => {
  it('is what was set last, of each thing', () => {
    const standing = new Standing();
    assert.deepEqual(standing.all, []);
    const last: Request[] = [
      { kind: 'devices', devices: [{ kind: 'bme280', id: 'a', sda: 4, scl: 5, address: 0x76 }] },
      { kind: 'speed', factor: 10 },
      { kind: 'analog', pin: 26, value: 0.5 },
      { kind: 'analog', pin: 27, value: 0.25 },
      { kind: 'drive', pin: 26, level: undefined },
      weather('a', 20),
      weather('b', 30),
    ];
    const before: Request[] = [{ kind: 'devices', devices: [] }, { kind: 'speed', factor: 1 }, { kind: 'analog', pin: 26, value: 0 }, { kind: 'drive', pin: 26, level: 1 }, weather('a', 10)];
    for (const request of [...before, ...last]) standing.note(request);
    for (const kind of ['run', 'reset', 'snapshot'] as const) standing.note({ kind });
    standing.note({ kind: 'ground', pin: 15, grounded: true });
    const inOrder = (requests: readonly Request[]): string[] => requests.map((request) => JSON.stringify(request)).sort();
    assert.deepEqual(inOrder(standing.all), inOrder(last));
  });
});
