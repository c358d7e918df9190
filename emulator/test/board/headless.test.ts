import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { HeadlessRun } from '../../src/board/headless.js';
import { parseImage } from '../../src/firmware/load.js';
import { elf, uf2 } from '../support/files.js';
import { flashBytes, MAIN } from '../support/program.js';
import { bkpt, forever, loop, print, store, wfi } from '../support/thumb.js';

describe('the message of a run', () => {
  const message = (file: Uint8Array): string | undefined => new HeadlessRun({ image: parseImage(file), untilNanos: 1e6 }).advance()?.message;

  it('says that the program has ended', () => {
    assert.equal(message(elf(flashBytes(bkpt), { functions: { _exit: [MAIN, 2] } })), 'the program ended: main() returned, or exit() was called');
  });

  it('says what tells more where there are no names', () => {
    assert.match(message(uf2(flashBytes(bkpt))) ?? '', /^stopped at a breakpoint at PC 0x\w+, LR 0x\w+; run the ELF file to see where that is$/);
    assert.match(message(elf(flashBytes(bkpt), { functions: { main: [MAIN, 2] } })) ?? '', /^stopped at a breakpoint at PC 0x\w+ \(main\), LR 0x\w+$/);
  });
});

describe('a press', () => {
  const blink = elf(flashBytes([store(0x40014004 + 8 * 2, 5), store(0xd0000024, 1 << 2), 0xe7fe /* b . */]));
  const remarks = (pin: number): readonly string[] => {
    const run = new HeadlessRun({ image: parseImage(blink), untilNanos: 3e6, presses: [{ pin, startNanos: 1e6, durationNanos: 1e6 }] });
    run.advance();
    return run.remarks;
  };

  it('of a pin that the firmware drives is remarked upon', () => {
    assert.deepEqual(remarks(2), ['--press: the firmware drives GP2, so on a board the button would short it to ground; press an input']);
    assert.deepEqual(remarks(3), []);
  });
});

describe('what is driven from outside', () => {
  it('is remarked upon where the firmware drives it, too', () => {
    const image = parseImage(elf(flashBytes([store(0x40014004 + 8 * 2, 5), store(0xd0000024, 1 << 2), forever])));
    const run = new HeadlessRun({ image, untilNanos: 3e6, drives: [2, 3].map((pin) => ({ pin, startNanos: 1e6, level: 1 })), analogs: [{ channel: 0, startNanos: 0, volts: 1 }] });
    run.advance();
    assert.deepEqual(run.remarks, ['--drive: the firmware drives GP2 itself, which would be a short circuit on a board; drive an input']);
    assert.equal(run.pico.level(3), 1);
  });

  it('is remarked upon where it has not arrived', () => {
    const image = parseImage(elf(flashBytes(loop(wfi))));
    const run = new HeadlessRun({ image, inputs: [{ port: 'usb', bytes: Uint8Array.of(1, 2), startNanos: 1e6 }] });
    assert.equal(run.advance()?.exit, 'asleep for ever');
    assert.deepEqual(run.remarks, ['--input: 2 bytes for USB were not sent, as the firmware has not offered a serial port by then']);
  });
});

describe('what is expected', () => {
  const image = parseImage(elf(flashBytes([print('one\n> '), print('two\n'), forever])));

  it('ends the run when it has come, in the middle of a line, too', () => {
    const run = new HeadlessRun({ image, untilNanos: 1e6, expected: ['one', '> t'] });
    const outcome = run.advance();
    assert.equal(outcome?.exit, 'expected');
    assert.equal(run.missing, undefined);
    assert.ok(run.pico.nanos < 1e4);
    assert.deepEqual(run.report(outcome as NonNullable<typeof outcome>).console.map(({ text }) => text), ['one', '> t']);
  });

  it('comes in turn, and each of it once', () => {
    for (const [expected, missing] of [[['two', 'one'], 'one'], [['one', 'one'], 'one'], [['three'], 'three']] as const) {
      const run = new HeadlessRun({ image, untilNanos: 1e6, expected });
      assert.equal(run.advance()?.exit, 'until');
      assert.equal(run.missing, missing);
    }
  });
});
