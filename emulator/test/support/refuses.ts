import assert from 'node:assert/strict';
import { UsageError } from '../../src/board/units.js';

/** That something that a user wrote is refused, in these words. */
export function refuses(action: () => unknown, message: RegExp): void {
  assert.throws(action, (error) => error instanceof UsageError && message.test(error.message));
}
