import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { attachValues } from '../../src/cli/arguments.js';

describe('values that begin with a dash', () => {
  it('are attached to their options', () => {
    const options = { until: { type: 'string' }, quiet: { type: 'boolean', short: 'q' } } as const;
    const attached = (...args: string[]): string[] => attachValues(args, options);
    assert.deepEqual(attached('--until', '-1s'), ['--until=-1s']);
    assert.deepEqual(attached('--until', '--quiet'), ['--until', '--quiet']);
    assert.deepEqual(attached('--until', '-q'), ['--until', '-q']);
    assert.deepEqual(attached('--quiet', '-1s'), ['--quiet', '-1s']);
    assert.deepEqual(attached('--until', '1s', '-1s'), ['--until', '1s', '-1s']);
    assert.deepEqual(attached('--until=1s', '-1s'), ['--until=1s', '-1s']);
    assert.deepEqual(attached('--', '--until', '-1s'), ['--', '--until', '-1s']);
  });
});
