import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import type { SimulatedPart } from '../../../page/src/board/kinds/index.js';
import { Standing } from '../../../page/src/compare/standing.js';
import type { Request } from '../../../page/src/protocol.js';

const AIR: SimulatedPart = { id: 'a', type: 'bme280', label: 'Air', color: '#ffffff', sda: 4, scl: 5, address: 0x76 };
const sense = (id: string, values: Record<string, number>): Request => ({ kind: 'sense', id, values });

describe('what holds on a board', () => {
  it('is what was set last, of each thing', () => {
    const standing = new Standing();
    assert.deepEqual(standing.all, []);
    const last: Request[] = [
      { kind: 'devices', devices: [AIR] },
      { kind: 'speed', factor: 10 },
      { kind: 'analog', pin: 26, value: 0.5 },
      { kind: 'analog', pin: 27, value: 0.25 },
      sense('a', { celsius: 20, humidityPercent: 50 }),
      sense('b', { level: 1 }),
    ];
    const before: Request[] = [{ kind: 'devices', devices: [] }, { kind: 'speed', factor: 1 }, { kind: 'analog', pin: 26, value: 0 }, sense('a', { celsius: 10, humidityPercent: 50 })];
    for (const request of [...before, ...last]) standing.note(request);
    standing.note(sense('a', { celsius: 20 }));
    for (const kind of ['run', 'reset', 'snapshot'] as const) standing.note({ kind });
    standing.note({ kind: 'ground', pin: 15, grounded: true });
    const inOrder = (requests: readonly Request[]): string[] => requests.map((request) => JSON.stringify(request)).sort();
    assert.deepEqual(inOrder(standing.all), inOrder(last));
  });
});
