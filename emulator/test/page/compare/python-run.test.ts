import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { PythonRun } from '../../../page/src/compare/python-run.js';
import { ImageError } from '../../../src/firmware/image.js';
import { compileElf } from '../../support/compile.js';
import { RAW_REPL_PROGRAM } from '../../support/fixtures.js';

/** MicroPython's own image, for those who have one. */
const REAL = process.env['MICROPYTHON_IMAGE'] ?? '';

const always = (): boolean => true;
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const standIn = compileElf(RAW_REPL_PROGRAM);

/** A board with the stand-in, which has got a program. */
function prepared(program = 'blink()'): PythonRun {
  const run = new PythonRun(standIn, program);
  run.prepare(always);
  return run;
}

describe('a board with MicroPython', () => {
  it('refuses a file that is no image', () => {
    assert.throws(() => new PythonRun(Uint8Array.of(1, 2, 3), ''), ImageError);
  });

  it('has its program compiled, and waits at the start', () => {
    const run = prepared();
    assert.deepEqual([run.phase, run.failure, text(run.take())], ['ready', '', '']);
    const before = run.board.pico.nanos;
    run.advance(1e9, always);
    run.prepare(always);
    assert.equal(run.board.pico.nanos, before);
  });

  it('is prepared for as long as there is time', () => {
    const run = new PythonRun(standIn, 'blink()');
    run.prepare(() => false);
    assert.deepEqual([run.phase, run.board.pico.nanos], ['starting', 0]);
    let pieces = 3;
    run.prepare(() => pieces-- > 0);
    assert.ok(run.phase === 'starting' && run.board.pico.nanos >= 3e6 && run.board.pico.nanos < 3.1e6, `${run.board.pico.nanos}`);
  });

  it('counts from the start of the program', () => {
    const run = prepared();
    run.start();
    assert.deepEqual([run.phase, run.nanos], ['running', 0]);
    run.advance(1e9, always);
    const { nanos, asleepNanos, longestBusyNanos, edges, reaction } = run.figures;
    assert.ok(nanos >= 1e9 && nanos < 1e9 + 1e5, `${nanos}`);
    assert.deepEqual([edges[25], edges[15], reaction], [10, 1, undefined]);
    assert.ok(asleepNanos > 0.99e9 && asleepNanos < 1e9, `${asleepNanos}`);
    assert.ok(longestBusyNanos > 80_000 && longestBusyNanos < 200_000, `${longestBusyNanos}`); // until the byte has come over the wire
    assert.equal(text(run.take()), 'hello\r\n');
  });

  it('does what is done to its board', () => {
    const run = prepared();
    run.start();
    run.advance(0.52e9, always);
    run.board.ground(15, true);
    run.advance(0.9e9, always);
    const { reaction } = run.figures;
    assert.ok(reaction !== undefined && Math.abs(reaction.latestNanos - 80e6) < 2e6, `${reaction?.latestNanos}`);
    assert.equal(text(run.take()), 'hello\r\npressed\r\n');
  });

  it('ends with its program, whose figures stay as they are', () => {
    const run = prepared('$');
    run.start();
    run.advance(1e9, always);
    assert.deepEqual([run.phase, text(run.take())], ['ended', 'hello\r\n']);
    const { nanos } = run;
    assert.ok(nanos > 0 && nanos < 1e6, `${nanos}`);
    run.advance(2e9, always);
    assert.equal(run.nanos, nanos);
  });

  it('says why there is no program', () => {
    const broken = prepared('!');
    assert.deepEqual([broken.phase, broken.failure], ['failed', 'MicroPython cannot compile the program: SyntaxError: invalid syntax']);
    const silent = new PythonRun(compileElf('int main(void) { for (;;) __asm volatile("wfi"); }'), '');
    silent.prepare(always);
    assert.deepEqual([silent.phase, silent.failure], ['failed', 'It has given no prompt within 10 s of simulated time. Is it MicroPython for the Raspberry Pi Pico?']);
    const gone = new PythonRun(compileElf('int main(void) { done(); }'), '');
    gone.prepare(always);
    assert.deepEqual([gone.phase, gone.failure], ['failed', 'Its firmware has ended before there was a prompt.']);
  });

  it('takes what is typed once its program runs', () => {
    const run = prepared();
    run.type(new TextEncoder().encode('$')); // would have it end
    run.start();
    run.advance(0.1e9, always);
    assert.deepEqual([run.phase, text(run.take())], ['running', 'hello\r\n']);
  });
});

describe.skipIf(REAL === '')('MicroPython itself', () => {
  /** It has got a program, which runs for so many seconds. */
  function ran(program: string, seconds: number): PythonRun {
    const run = new PythonRun(readFileSync(REAL), program);
    run.prepare(always);
    if (run.phase === 'ready') run.start();
    run.advance(seconds * 1e9, always);
    return run;
  }

  it('prints what its program prints, and ends with it', () => {
    const run = ran(['print("quoted", \'and not\', "\\\\", "é")', 'for i in range(3):', '    print(i)', ''].join('\n'), 1);
    assert.deepEqual([run.phase, text(run.take())], ['ended', 'quoted and not \\ é\r\n0\r\n1\r\n2\r\n']);
    assert.ok(run.nanos < 50e6, `${run.nanos}`);
  });

  it('tells of an error, in its program and before', () => {
    const run = ran('1 / 0', 1);
    assert.deepEqual([run.phase, run.failure], ['ended', '']);
    assert.match(text(run.take()), /^Traceback [^]*ZeroDivisionError: divide by zero\r\n$/);
    assert.match(ran('1 +', 1).failure, /^MicroPython cannot compile the program: Traceback [^]*SyntaxError: invalid syntax$/);
  });

  it('blinks on time, asleep in between, and takes what is typed', () => {
    const run = ran('import sys, time\nfrom machine import Pin\nled = Pin(25, Pin.OUT)\nfor i in range(4):\n    led.toggle()\n    time.sleep_ms(100)\nprint(sys.stdin.readline())', 0.45);
    const { edges, asleepNanos, longestBusyNanos } = run.figures;
    assert.equal(edges[25], 4);
    assert.ok(asleepNanos > 0.43e9 && longestBusyNanos < 10e6, `${asleepNanos} ${longestBusyNanos}`);
    run.type(new TextEncoder().encode('typed\r'));
    run.advance(1e9, always);
    assert.match(text(run.take()), /typed/);
  });
});
