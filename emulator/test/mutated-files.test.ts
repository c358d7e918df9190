import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { BoardError, parseBoard } from '../page/src/board/board-file.js';
import { HeadlessRun } from '../src/board/headless.js';
import { UsageError } from '../src/board/units.js';
import { parseOptions } from '../src/cli/options.js';
import { type Image, ImageError } from '../src/firmware/image.js';
import { parseImage } from '../src/firmware/load.js';
import { Debugger } from '../src/gdb/debugger.js';
import { packet, toBytes, toHex } from '../src/gdb/packets.js';
import { Session } from '../src/gdb/session.js';
import { formatTasks, tasksAsJson } from '../src/tasks/format.js';
import { TaskObserver } from '../src/tasks/observer.js';
import { formatChromeTrace } from '../src/tasks/perfetto.js';
import { TaskRecording } from '../src/tasks/recording.js';
import { findFirstByte, findStores } from '../src/tasks/suspension.js';
import { compileElf } from './support/compile.js';
import { elf, uf2, withSecondStage } from './support/files.js';
import { flashBytes, MAIN, program } from './support/program.js';
import { bkpt, ldr, loop, print, set, str } from './support/thumb.js';

/** Of each kind. UASYNC_MUTATIONS=20000 tries as many, which takes an hour. */
const FILES = Number(process.env['UASYNC_MUTATIONS'] ?? 100);
/** More images to damage: paths with a colon between them. */
const IMAGES = (process.env['UASYNC_MUTATED_IMAGES'] ?? '').split(':').filter((path) => path !== '');
const MOST_MICROS = 5e6; // of the processor's time; most take a thousandth of it
const MOST_BYTES = 500e6;
const MOST_TEXT = 2000;

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

const joined = (...pieces: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(pieces));

/** The same bytes with one to eight kinds of damage: changed, missing, repeated, or cut off. */
function mutated(original: Uint8Array, seed: number, words: readonly string[]): Uint8Array {
  const random = randomFrom(seed);
  let bytes: Uint8Array = Uint8Array.from(original); // a copy, which slice() of a Buffer is not
  for (let count = 1 + random(8); count > 0; count--) {
    const at = random(bytes.length + 1);
    const length = 1 + random(40);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const kind = random(7);
    if (kind === 0) bytes[at] = random(256);
    else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    else if (kind === 2) [0, 8, 16, 24].forEach((shift, index) => (bytes[at + index] = ([0, 1, 0x7fffffff, 0x80000000, 0xffffffff][random(5)] ?? 0) >>> shift & 0xff));
    else if (kind === 3) bytes = joined(before, after.subarray(length));
    else if (kind === 4) bytes = joined(before, bytes.subarray(Math.max(0, at - length), at), after);
    else if (kind === 5) bytes = joined(before, new TextEncoder().encode(words[random(words.length)]), after);
    else if (random(5) === 0) bytes = bytes.slice(0, at);
  }
  return bytes;
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
      assert.ok(error.message !== '' && error.message.length < MOST_TEXT && !/[\u0000-\u001f]/.test(error.message), `with seed ${seed}: ${error.message}`);
    }
    assert.ok(micros() - start < MOST_MICROS, `with seed ${seed}: it took ${(micros() - start) / 1e6} s`);
  }
  assert.ok(process.memoryUsage().rss - bytesBefore < MOST_BYTES, 'it took much memory');
  assert.ok(done > FILES / 50 && done <= FILES, `${done} of ${FILES} were read`);
}

const asText = (read: (text: string) => unknown) => (bytes: Uint8Array): unknown => read(new TextDecoder().decode(bytes));

/** Asks an image for all that is read only when somebody asks, and runs it for a moment. */
function ask(image: Image): void {
  image.symbols.nameAt(MAIN);
  image.objects.nameAt(0x20000000);
  image.debug?.globals.forEach(({ type }) => type?.members.forEach((member) => member.type?.target?.members));
  image.debug?.placeOf(MAIN);
  image.debug?.functionNameAt(MAIN);
  const run = new HeadlessRun({ image, untilNanos: 1e6 });
  const recording = new TaskRecording();
  const observer = new TaskObserver(run.pico, image, recording.push);
  const outcome = run.advance(5000) ?? run.interrupt();
  const snapshot = observer.snapshot();
  observer.finish();
  formatTasks(snapshot);
  formatChromeTrace(recording.take().events, run.recording.recordedEdges);
  for (const told of [run.report(outcome), tasksAsJson(snapshot)]) {
    JSON.stringify(told, (key, value: unknown) => {
      assert.ok(typeof value !== 'number' || Number.isFinite(value), `${key} is ${String(value)}`);
      return value;
    });
  }
  assert.ok(!/[\u0000-\u001f]/.test(outcome.message ?? ''), outcome.message);
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

  for (const path of IMAGES) it(path, () => survives(readFileSync(path), ImageError, (bytes) => ask(parseImage(bytes))));

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
    const args = [
      'x.elf', '--press', 'GP15@1s+100ms', '--input', 'UART1:hi\\n@2s', '--until', '3s', '--led', 'GP2', '--button=GP3', '--gdb', '3333', '--json', 'j', '--quiet',
      '--drive', 'GP4@1s=z', '--wire', 'GP4-GP3', '--analog', 'GP26@0s=1.65V',
    ];
    const read = (text: string): unknown => parseOptions(text.split(' '));
    survives(new TextEncoder().encode(args.join(' ')), UsageError, asText(read), [' ', ' -', '--', ' --', '=', '@', '+', '\\', '-1', '9'.repeat(400), '\n']);
  });
});

/** How many conversations are held with the same Pico, one after the other: to make one takes longer than to talk with it. */
const PICO_SHARED = 20;

describe('a damaged conversation with gdb', () => {
  it('is answered, and does nothing else', () => {
    const packets = [
      'qSupported:multiprocess+', '?', 'g', 'm20000000,40', 'M20000000,4:00000000', 'P0=01000000', 'p f', 'Z0,100000c0,2', 'Z2,20000100,4', 'z0,100000c0,2', 'Hg1', 'vCont;s:1;c', 's', 'c',
      'qXfer:features:read:target.xml:0,40', `qRcmd,${toHex(toBytes('press GP15 1ms'))}`, 'X20000000,1:a', 'qfThreadInfo', 'T1', 'D',
    ];
    const original = toBytes(`+${packets.map(packet).join('+')}\x03-`);
    const withReset = toBytes(`+${packet(`qRcmd,${toHex(toBytes('reset'))}`)}+${packets.map(packet).join('+')}`);
    const image = program(loop([set(0, 0x20000100), ldr(1, 0), str(1, 0)]));
    let most = 0;
    let target = new Debugger(new HeadlessRun({ image, untilNanos: 1e6 }));
    for (let seed = 0; seed < FILES; seed++) {
      const start = micros();
      if (seed % PICO_SHARED === 0) target = new Debugger(new HeadlessRun({ image, untilNanos: 1e6 }));
      let answered = 0;
      const session = new Session(target, (text) => (answered += text.length));
      const bytes = mutated(seed % PICO_SHARED === 1 ? withReset : original, seed, ['$', '#00', '}', '\x03', ',', ';', ':', 'ffffffff', '-1']);
      for (let at = 0; at < bytes.length; at += 50) {
        session.receive(Buffer.from(bytes.subarray(at, at + 50)).toString('latin1'));
        const stop = session.state === 'running' ? target.advance(100) : undefined;
        if (stop !== undefined) session.stopped(stop);
      }
      assert.ok(answered < 1e6, `with seed ${seed}: ${answered} bytes`);
      most = Math.max(most, answered);
      assert.ok(micros() - start < MOST_MICROS, `with seed ${seed}: it took ${(micros() - start) / 1e6} s`);
    }
    assert.ok(most > 500);
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
      assert.ok([...findStores(code, 8, 2).values()].flat().every((at) => at >= 0 && at < code.length), `with seed ${seed}`);
    }
  });

  it('that branches to itself has none', () => assert.equal(findFirstByte(Uint8Array.of(0xfe, 0xe7)), undefined));
});
