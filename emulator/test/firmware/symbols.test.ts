import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { readableName } from '../../src/firmware/symbols.js';

describe('names', () => {
  it('of plain C++ functions become readable', () => {
    assert.equal(readableName('_ZN6uasync3runEv'), 'uasync::run');
    assert.equal(readableName('_ZNK6uasync4Task4doneEv'), 'uasync::Task::done');
    assert.equal(readableName('_Z10async_mainv'), 'async_main');
    assert.equal(readableName('_Z5blinkPN6uasync5FrameE.actor'), 'blink.actor');
    assert.equal(readableName('_ZN12_GLOBAL__N_13runEv'), '(anonymous)::run');
  });

  it('of other functions stay', () => {
    assert.equal(readableName('main'), 'main');
    assert.equal(readableName('memcpy.constprop.0'), 'memcpy.constprop.0');
    assert.equal(readableName('_ZNSt6vectorIiSaIiEE4pushEv'), '_ZNSt6vectorIiSaIiEE4pushEv');
    assert.equal(readableName('_ZN3app3BoxIiE3getEv'), '_ZN3app3BoxIiE3getEv');
  });
});
