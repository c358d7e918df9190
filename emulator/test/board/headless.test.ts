import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { HeadlessRun } from '../../src/board/headless.js';
import { parseImage } from '../../src/firmware/load.js';
import { elf, uf2 } from '../support/files.js';
import { flashBytes, MAIN } from '../support/program.js';
import { bkpt, store } from '../support/thumb.js';

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
    return run.pressRemarks;
  };

  it('of a pin that the firmware drives is remarked upon', () => {
    assert.deepEqual(remarks(2), ['--press: the firmware drives GP2, so on a board the button would short it to ground; press an input']);
    assert.deepEqual(remarks(3), []);
  });
});
