import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { BoardError, parseBoard } from '../page/src/board-file.js';
import { HeadlessRun } from '../src/headless.js';
import { type Image, ImageError } from '../src/image.js';
import { parseImage } from '../src/load.js';
import { parseOptions } from '../src/options.js';
import { findDescriptor } from '../src/tasks/descriptor.js';
import { findFirstByte, findStores } from '../src/tasks/suspension.js';
import { UsageError } from '../src/units.js';
import { compileElf } from './compile.js';
import { elf, uf2, withSecondStage } from './files.js';
import { flashBytes, MAIN } from './program.js';
import { bkpt, print } from './thumb.js';

const FILES = 1000;
const MOST_MICROS = 5e6; // of the processor's time; most take a thousandth of it
const MOST_BYTES = 500e6;

/** The same numbers in every run. */
function randomFrom(seed: number): (below: number) => number {
  let state = (Math.imul(seed + 1, 0x9e3779b1) | 1) >>> 0;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** The same bytes with one to eight kinds of damage: changed, missing, repeated, or cut off. */
function mutated(original: Uint8Array, seed: number, words: readonly string[]): Uint8Array {
  const random = randomFrom(seed);
  let bytes = [...original];
  for (let count = 1 + random(8); count > 0; count--) {
    const at = random(bytes.length + 1);
    const length = 1 + random(40);
    const kind = random(7);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) [0, 8, 16, 24].forEach((shift, index) => (bytes[at + index] = ([0, 1, 0x7fffffff, 0x80000000, 0xffffffff][random(5)] ?? 0) >>> shift & 0xff));
    else if (kind === 3) bytes.splice(at, length);
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(Math.max(0, at - length), at));
    else if (kind === 5) bytes.splice(at, 0, ...new TextEncoder().encode(words[random(words.length)]));
    else if (random(5) === 0) bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

const micros = (): number => process.cpuUsage().user + process.cpuUsage().system;

/** Each damaged file is read, or refused with the reader's own error; some are read, or this would be no test, and not all. */
function survives<Read>(original: Uint8Array, Refusal: new (message: string) => Error, read: (bytes: Uint8Array) => Read, words: readonly string[] = ['\0', '\xff']): void {
  let done = 0;
  const bytesBefore = process.memoryUsage().rss;
  for (let seed = 0; seed < FILES; seed++) {
    const start = micros();
    try {
      read(mutated(original, seed, words));
      done++;
    } catch (error) {
      if (!(error instanceof Refusal)) throw new Error(`with seed ${seed}: ${(error as Error).stack}`);
      assert.ok(error.message !== '', `with seed ${seed}`);
    }
    assert.ok(micros() - start < MOST_MICROS, `with seed ${seed}: it took ${(micros() - start) / 1e6} s`);
  }
  assert.ok(process.memoryUsage().rss - bytesBefore < MOST_BYTES, 'it took much memory');
  assert.ok(done > FILES / 50 && done < FILES, `${done} of ${FILES} were read`);
}

const asText = (read: (text: string) => unknown) => (bytes: Uint8Array): unknown => read(new TextDecoder().decode(bytes));

/** Asks an image for all that is read only when somebody asks. */
function ask(image: Image): void {
  image.symbols.nameAt(MAIN);
  image.objects.nameAt(0x20000000);
  image.debug?.globals.forEach(({ type }) => type?.members.forEach((member) => member.type?.target?.members));
  image.debug?.placeOf(MAIN);
  image.debug?.functionNameAt(MAIN);
  findDescriptor(image);
  new HeadlessRun({ image });
}

describe('damaged files are read, or refused in words:', () => {
  it('ELF files', () => {
    survives(elf(withSecondStage([print('hello'), bkpt]), { functions: { main: [MAIN, 2], _ZN3app4failEv: [MAIN + 2, 2] } }), ImageError, (bytes) => ask(parseImage(bytes)));
  });

  it('ELF files with debug information', () => {
    const file = compileElf('struct Pair { int first; struct Pair *next; }; struct Pair pair; int main(void) { pair.first = 1; pair.next = &pair; done(); }');
    survives(file, ImageError, (bytes) => ask(parseImage(bytes)));
  });

  it('UF2 files', () => {
    survives(uf2(flashBytes([print('hello'), bkpt])), ImageError, (bytes) => ask(parseImage(bytes)));
  });

  it('board files', () => {
    const board = {
      parts: [
        { id: 'lamp', type: 'led', pin: 'GP16', label: 'Lamp', color: 'green' },
        { id: 'go', type: 'pushbutton', pin: 'GP15', key: 'Space' },
        { id: 'level', type: 'potentiometer', pin: 'GP26', value: 0.25 },
        { id: 'knob', type: 'encoder', clk: 'GP10', dt: 'GP11', sw: 'GP12', key: 'E' },
        { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5', address: '0x3d' },
        { id: 'air', type: 'bme280', sda: 'GP4', scl: 'GP5', color: '#AABBCC' },
      ],
    };
    survives(new TextEncoder().encode(JSON.stringify(board)), BoardError, asText(parseBoard), [' ', '\n', '"', '{', ']', ',', 'null', '-1', '1e999', '"__proto__":1,', '\\u0000']);
  });

  it('command lines', () => {
    const args = ['x.elf', '--press', 'GP15@1s+100ms', '--input', 'hi\\n@2s', '--until', '3s', '--led', 'GP2', '--button=GP3', '--gdb', '3333', '--json', 'j', '--quiet'];
    const read = (text: string): unknown => parseOptions(text.split(' '));
    survives(new TextEncoder().encode(args.join(' ')), UsageError, asText(read), [' ', ' -', '--', ' --', '=', '@', '+', '\\', '-1', '9'.repeat(400), '\n']);
  });
});

describe('code that is none', () => {
  it('has no awaits, and is not followed for ever', () => {
    for (let seed = 0; seed < FILES; seed++) {
      const random = randomFrom(seed);
      // Many branches, forth and back, since it is those that lead astray.
      const halfwords = Uint16Array.from({ length: random(60) }, () => [0xe000 | random(0x800), 0xd000 | random(0xf00), random(0x10000)][random(3)] ?? 0);
      const code = new Uint8Array(halfwords.buffer);
      findFirstByte(code);
      assert.ok(findStores(code, 8, 2, 6).every((at) => at >= 0 && at < code.length), `with seed ${seed}`);
    }
  });

  it('that branches to itself has none', () => assert.equal(findFirstByte(Uint8Array.of(0xfe, 0xe7)), undefined));
});
