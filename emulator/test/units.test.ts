import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type Options, parseOptions } from '../src/options.js';
import { attachValues, onOneLine } from '../src/arguments.js';
import { checkPresses, parseButtonPin, parseInput, parsePin, parsePort, parsePress, parseTime, parseTimeToRun, UsageError } from '../src/units.js';
import table from './fixtures/option-values.json' with { type: 'json' };

const rejects = (action: () => unknown, message: RegExp): void => assert.throws(action, (error) => error instanceof UsageError && message.test(error.message));

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
    for (const text of ['', '1', 's', '1 s', '-1s', '1m', '1e3s', '1.s', '1s ', '0x1s', 'NaNs', '1,5s']) rejects(() => parseTime(text), /is not a time/);
  });
});

describe('a pin', () => {
  it('is GP0 to GP29', () => {
    assert.equal(parsePin('GP0'), 0);
    assert.equal(parsePin('gp29'), 29);
    for (const text of ['GP30', 'GP', '15', 'GP-1', 'GP1.5', 'GPIO1', 'GP100']) rejects(() => parsePin(text), /is not a pin/);
  });
});

describe('a press', () => {
  it('has a pin, a start and a duration', () => {
    assert.deepEqual(parsePress('GP15@1s+100ms'), { pin: 15, startNanos: 1e9, durationNanos: 100e6 });
  });

  it('needs all three, and a duration above 0', () => {
    for (const text of ['GP15', 'GP15@1s', 'GP15+1s@1s', 'GP15@1s+1s+1s', '@1s+1s']) rejects(() => parsePress(text), /is not a press/);
    rejects(() => parsePress('GP15@1s+0ms'), /for no time at all/);
    rejects(() => parsePress('GP31@1s+1ms'), /is not a pin/);
    rejects(() => parsePress('GP15@1+1ms'), /is not a time/);
  });

  it('must not overlap another of the same pin', () => {
    const check = (...presses: string[]): void => checkPresses(presses.map(parsePress));
    rejects(() => check('GP15@2s+1s', 'GP15@1s+1.5s'), /two presses of GP15 overlap at 2 s/);
    check('GP15@1s+1s', 'GP15@2s+1s');
    check('GP15@1s+1s', 'GP14@1s+1s');
  });
});

describe('the options', () => {
  it('have defaults', () => {
    assert.deepEqual(parseOptions(['x.elf']), {
      image: 'x.elf', presses: [],
 inputs: [], untilNanos: undefined, json: undefined, vcd: undefined, interactive: false, led: 25, button: 15, quiet: false, gdb: undefined, trace: undefined,
    });
  });

  it('are all understood', () => {
    const args = ['--input', 'hi@\\n@2s', '--press', 'GP1@1s+1s', 'x.uf2', '--press=GP2@1s+1s', '--until', '3s', '--json', 'j', '--vcd', 'v', '--interactive', '--led', 'GP2', '--button', 'GP3', '--quiet'];
    assert.deepEqual(parseOptions(args), {
      image: 'x.uf2',
      presses: [1, 2].map((pin) => ({ pin, startNanos: 1e9, durationNanos: 1e9 })),
      inputs: [{ bytes: new TextEncoder().encode('hi@\n'), startNanos: 2e9 }],
      untilNanos: 3e9, json: 'j', vcd: 'v', interactive: true, led: 2, button: 3, quiet: true, gdb: undefined, trace: undefined,
    });
    assert.equal((parseOptions(['x', '--gdb', '3333']) as Options).gdb, 3333);
    assert.equal(parseOptions(['--help']), 'help');
  });

  it('are refused in a sentence that names them', () => {
    const refuses = (args: readonly string[], message: RegExp): void => rejects(() => parseOptions(['x', ...args]), message);
    refuses(['--until', 'soon'], /^--until: 'soon' is not a time; write/);
    refuses(['--until', '-1s'], /^--until: '-1s' is not a time; write/);
    refuses(['--until=0s'], /^--until: '0s' leaves the firmware no time to run; write/);
    refuses(['--press', 'GP15'], /^--press: 'GP15' is not a press; write/);
    refuses(['--press', 'GP25@1s+1s'], /^--press: GP25 is the LED on the Pico.*; the pins at the edge are/);
    refuses(['--press', 'GP15@1s+1s', '--press', 'GP15@1s+1s'], /^--press: two presses of GP15 overlap at 1 s; release/);
    refuses(['--input', 'hello'], /^--input: 'hello' is not an input; write/);
    refuses(['--led', 'LED'], /^--led: 'LED' is not a pin; the pins are/);
    refuses(['--button', 'GP25'], /^--button: GP25 is the LED on the Pico/);
    refuses(['--gdb', '65536'], /^--gdb: '65536' is not a port; write/);
    refuses(['--gdb', '0', '--interactive'], /^--gdb and --interactive do not go together; leave out one/);
    rejects(() => parseOptions([]), /^no IMAGE given; see --help$/);
    rejects(() => parseOptions(['a', 'b']), /^only one IMAGE/);
    rejects(() => parseOptions(['a', '--fast']), /^unknown option '--fast'; see --help$/);
    rejects(() => parseOptions(['a', '--until']), /^option '--until <value>' argument missing; see --help$/);
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
    port: parsePort,
  };

  it.each(Object.entries(table))('are right and wrong as it says: %s', (kind, { good, bad }) => {
    const read = readers[kind as keyof typeof table];
    for (const [text, expected] of Object.entries(good)) assert.deepEqual(read(text), expected, text);
    for (const [text, message] of Object.entries(bad)) assert.throws(() => read(text), (error) => error instanceof UsageError && error.message === message, text);
  });
});

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

describe('a message', () => {
  it('is one line, whatever it quotes', () => assert.equal(onOneLine("'a\nb\x1b\u2028' is not a time"), "'a\\u000ab\\u001b\\u2028' is not a time"));
});
