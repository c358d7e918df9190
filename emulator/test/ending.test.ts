import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { endingAtBreakpoint } from '../src/ending.js';
import { HeadlessRun } from '../src/headless.js';
import { parseImage } from '../src/load.js';
import { SymbolTable } from '../src/symbols.js';
import { elf, uf2 } from './files.js';
import { flashBytes, MAIN } from './program.js';
import { bkpt, store } from './thumb.js';

const symbols = new SymbolTable(
  ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name, index) => ({ name, address: 0x10000100 + 0x40 * index, size: 0x40 })),
);
const [reset, stop, main, exit] = ['uasync_reset', 'uasync_stop', 'main', '_exit'].map((name) => symbols.addressOf(name) as number) as [number, number, number, number];
const ending = (pc: number, lr: number): string => {
  const { kind, text } = endingAtBreakpoint('at some place', pc, lr | 1, symbols);
  return `${kind}: ${text}`;
};

describe('a breakpoint', () => {
  it('is the end of the program where the start-up code has it', () => {
    assert.equal(ending(stop + 8, reset + 0x30), 'returned: main() returned');
    assert.equal(ending(stop + 8, stop), 'returned: main() returned'); // called by the last instruction before it
    assert.equal(ending(exit + 2, main), 'returned: main() returned, or exit() was called');
  });

  it('is one anywhere else', () => {
    assert.equal(ending(stop + 8, main), 'breakpoint: breakpoint at some place'); // a fatal error
    assert.equal(ending(main + 8, reset + 0x30), 'breakpoint: breakpoint at some place');
    assert.equal(ending(0x20000000, 0), 'breakpoint: breakpoint at some place');
  });
});

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
