import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { refuses } from '../support/refuses.js';
import {
  checkPresses, parseButtonPin, parsePin, parsePort, parsePress, parseTime, parseTimeToRun, UsageError,
} from '../../src/board/units.js';
import { parseAnalog, parseDrive, parseExpected, parseInput, parseWire } from '../../src/board/stimuli.js';
import table from '../support/fixtures/option-values.json' with { type: 'json' };


describe('a time', () => {
  it('has a unit and may have decimals', () => {
    assert.equal(parseTime('250us'), 250e3);
    assert.equal(parseTime('20ms'), 20e6);
    assert.equal(parseTime('1.5s'), 1.5e9);
    assert.equal(parseTime('.5s'), 0.5e9);
    assert.equal(parseTime('0.008us'), 8);
    assert.equal(parseTime('0s'), 0);
  });

  it('is nothing else', () => {
    for (const text of ['', '1', 's', '1 s', '-1s', '1m', '1e3s', '1.s', '1s ', '0x1s', 'NaNs', '1,5s']) refuses(() => parseTime(text), /is not a time/);
  });
});

describe('a pin', () => {
  it('is GP0 to GP29', () => {
    assert.equal(parsePin('GP0'), 0);
    assert.equal(parsePin('gp29'), 29);
    for (const text of ['GP30', 'GP', '15', 'GP-1', 'GP1.5', 'GPIO1', 'GP100']) refuses(() => parsePin(text), /is not a pin/);
  });
});

describe('a press', () => {
  it('has a pin, a start and a duration', () => {
    assert.deepEqual(parsePress('GP15@1s+100ms'), { pin: 15, startNanos: 1e9, durationNanos: 100e6 });
  });

  it('needs all three, and a duration above 0', () => {
    for (const text of ['GP15', 'GP15@1s', 'GP15+1s@1s', 'GP15@1s+1s+1s', '@1s+1s']) refuses(() => parsePress(text), /is not a press/);
    refuses(() => parsePress('GP15@1s+0ms'), /for no time at all/);
    refuses(() => parsePress('GP31@1s+1ms'), /is not a pin/);
    refuses(() => parsePress('GP15@1+1ms'), /is not a time/);
  });

  it('must not overlap another of the same pin', () => {
    const check = (...presses: string[]): void => checkPresses(presses.map(parsePress));
    refuses(() => check('GP15@2s+1s', 'GP15@1s+1.5s'), /two presses of GP15 overlap at 2 s/);
    check('GP15@1s+1s', 'GP15@2s+1s');
    check('GP15@1s+1s', 'GP14@1s+1s');
  });
});

describe('parsePort', () => {
  it('reads numbers that a port can have', () => assert.deepEqual(['0', '3333', '65535'].map(parsePort), [0, 3333, 65535]));

  it('rejects anything else', () => {
    for (const text of ['', '-1', '65536', '100000', '3333x', ' 1', '0x10', '1e3', '3.5']) assert.throws(() => parsePort(text), UsageError, text);
  });
});

describe('the values that ./uasync reads as well', () => {
  const readers: Record<keyof typeof table, (text: string) => unknown> = {
    time: parseTime,
    time_to_run: parseTimeToRun,
    pin: parsePin,
    button_pin: parseButtonPin,
    press: (text) => Object.values(parsePress(text)),
    input: (text) => [...parseInput(text).bytes],
    drive: (text) => Object.values({ ...parseDrive(text), level: parseDrive(text).level ?? 'z' }),
    analog: (text) => Object.values(parseAnalog(text)),
    wire: parseWire,
    expected: parseExpected,
    port: parsePort,
  };

  it.each(Object.entries(table))('are right and wrong as it says: %s', (kind, { good, bad }) => {
    const read = readers[kind as keyof typeof table];
    for (const [text, expected] of Object.entries(good)) assert.deepEqual(read(text), expected, text);
    for (const [text, message] of Object.entries(bad)) assert.throws(() => read(text), (error) => error instanceof UsageError && error.message === message, text);
  });
});
