import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type Options, parseOptions } from '../../src/cli/options.js';
import { refuses } from '../support/refuses.js';


describe('the options', () => {
  it('have defaults', () => {
    assert.deepEqual(parseOptions(['x.elf']), {
      image: 'x.elf', presses: [], inputs: [], drives: [], analogs: [], wires: [], expected: [], flash: undefined, untilNanos: undefined, json: undefined, vcd: undefined, interactive: false, led: 25, button: 15, quiet: false, gdb: undefined, trace: undefined,
    });
  });

  it('are all understood', () => {
    const args = ['--input', 'hi@\\n@2s', '--press', 'GP1@1s+1s', 'x.uf2', '--press=GP2@1s+1s', '--until', '3s', '--json', 'j', '--vcd', 'v', '--interactive', '--led', 'GP2', '--button', 'GP3', '--quiet'];
    assert.deepEqual(parseOptions(args), {
      image: 'x.uf2',
      presses: [1, 2].map((pin) => ({ pin, startNanos: 1e9, durationNanos: 1e9 })),
      inputs: [{ port: 0, bytes: new TextEncoder().encode('hi@\n'), startNanos: 2e9 }],
      drives: [], analogs: [], wires: [], expected: [], flash: undefined,
      untilNanos: 3e9, json: 'j', vcd: 'v', interactive: true, led: 2, button: 3, quiet: true, gdb: undefined, trace: undefined,
    });
    assert.equal((parseOptions(['x', '--gdb', '3333']) as Options).gdb, 3333);
    const signals = ['--drive', 'GP4@1s=1', '--drive=GP4@2s=z', '--wire', 'GP4-GP3', '--analog', 'GP26@0s=1V', '--input', 'USB:x@1s', '--expect', 'a', '--expect', 'b', '--within', '2s'];
    const { drives, wires, analogs, inputs, expected, untilNanos } = parseOptions(['x', ...signals]) as Options;
    assert.deepEqual(drives, [{ pin: 4, startNanos: 1e9, level: 1 }, { pin: 4, startNanos: 2e9, level: undefined }]);
    assert.deepEqual([wires, analogs], [[[4, 3]], [{ channel: 0, startNanos: 0, volts: 1 }]]);
    assert.deepEqual([inputs[0]?.port, expected, untilNanos], ['usb', ['a', 'b'], 2e9]);
    assert.equal((parseOptions(['x', '--expect', 'a', '--within', '2s', '--until', '1s']) as Options).untilNanos, 1e9);
    assert.equal(parseOptions(['--help']), 'help');
  });

  it('are refused in a sentence that names them', () => {
    const refusesWith = (args: readonly string[], message: RegExp): void => refuses(() => parseOptions(['x', ...args]), message);
    refusesWith(['--until', 'soon'], /^--until: 'soon' is not a time; write/);
    refusesWith(['--until', '-1s'], /^--until: '-1s' is not a time; write/);
    refusesWith(['--until=0s'], /^--until: '0s' leaves the firmware no time to run; write/);
    refusesWith(['--press', 'GP15'], /^--press: 'GP15' is not a press; write/);
    refusesWith(['--press', 'GP25@1s+1s'], /^--press: GP25 is the LED on the Pico.*; the pins at the edge are/);
    refusesWith(['--press', 'GP15@1s+1s', '--press', 'GP15@1s+1s'], /^--press: two presses of GP15 overlap at 1 s; release/);
    refusesWith(['--input', 'hello'], /^--input: 'hello' is not an input; write/);
    refusesWith(['--drive', 'GP4'], /^--drive: 'GP4' is not a drive; write/);
    refusesWith(['--wire', 'GP4'], /^--wire: 'GP4' is not a wire; write/);
    refusesWith(['--analog', 'GP4@1s=1V'], /^--analog: GP4 has no analog input; GP26/);
    refusesWith(['--expect', ''], /^--expect: '' is printed by every firmware; write/);
    refusesWith(['--within', '1s'], /^--within is for --expect; add it, or write --until/);
    refusesWith(['--expect', 'a', '--gdb', '0'], /^--expect and --gdb do not go together; leave out one/);
    refusesWith(['--expect', 'a', '--interactive'], /^--expect and --interactive do not go together; leave out one/);
    refusesWith(['--led', 'LED'], /^--led: 'LED' is not a pin; the pins are/);
    refusesWith(['--button', 'GP25'], /^--button: GP25 is the LED on the Pico/);
    refusesWith(['--gdb', '65536'], /^--gdb: '65536' is not a port; write/);
    refusesWith(['--gdb', '0', '--interactive'], /^--gdb and --interactive do not go together; leave out one/);
    refuses(() => parseOptions([]), /^no IMAGE given; see --help$/);
    refuses(() => parseOptions(['a', 'b']), /^only one IMAGE/);
    refuses(() => parseOptions(['a', '--fast']), /^unknown option '--fast'; see --help$/);
    refuses(() => parseOptions(['a', '--until']), /^option '--until <value>' argument missing; see --help$/);
  });
});
