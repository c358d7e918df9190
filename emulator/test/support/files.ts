import assert from 'node:assert/strict';
import { runHeadless } from '../../src/board/headless.js';
import { crc32 } from '../../src/chip/boot.js';
import { ImageError } from '../../src/firmware/image.js';
import { parseImage } from '../../src/firmware/load.js';
import { RP2040_FAMILY } from '../../src/firmware/uf2.js';
import { FLASH, flashBytes } from './program.js';
import type { Code } from './thumb.js';

interface ElfOptions {
  readonly machine?: number;
  readonly elfClass?: number;
  readonly type?: number;
  readonly address?: number;
  /** Functions by name: address and size. */
  readonly functions?: Record<string, [address: number, size: number]>;
  /** More sections by name, as `.debug_info`; a number instead of bytes is the size of one that reaches past the end of the file. */
  readonly sections?: Record<string, Uint8Array | number>;
  /** The table of the symbols' names, instead of the right one. */
  readonly symbolNames?: Uint8Array;
  /** How often it loads the bytes. */
  readonly times?: number;
}

/** An ELF file that loads some bytes at a physical address, with virtual addresses that must not be used. */
export function elf(bytes: Uint8Array, { machine = 40, elfClass = 1, type = 2, address = FLASH, functions = {}, sections = {}, symbolNames, times = 1 }: ElfOptions = {}): Uint8Array {
  const HEADER = 52;
  const PROGRAM_HEADER = 32;
  const SECTION_HEADER = 40;
  const names = Object.keys(functions);
  const strings = symbolNames ?? textsOf(names);
  const symbols = new DataView(new ArrayBuffer(16 * (names.length + 1)));
  let nameOffset = 1;
  names.forEach((name, index) => {
    const [start, size] = functions[name] as [number, number];
    const at = 16 * (index + 1);
    symbols.setUint32(at, nameOffset, true);
    symbols.setUint32(at + 4, start | 1, true);
    symbols.setUint32(at + 8, size, true);
    symbols.setUint8(at + 12, 0x12); // global function
    nameOffset += symbolNames === undefined ? name.length + 1 : 1;
  });

  const more = Object.entries(sections);
  const contents: { name: number; kind: number; link?: number; content: Uint8Array | number }[] = [
    { name: 0, kind: 2, link: 2, content: new Uint8Array(symbols.buffer) },
    { name: 0, kind: 3, content: strings },
    ...(more.length > 0 ? [{ name: 0, kind: 3, content: textsOf(more.map(([name]) => name)) }] : []),
  ];
  let sectionName = 1;
  for (const [name, content] of more) {
    contents.push({ name: sectionName, kind: 1, content });
    sectionName += name.length + 1;
  }

  const bytesAt = HEADER + times * PROGRAM_HEADER;
  const sizeOf = (content: Uint8Array | number): number => (typeof content === 'number' ? 0 : content.length);
  const sectionsAt = contents.reduce((at, { content }) => at + sizeOf(content), bytesAt + bytes.length);
  const file = new Uint8Array(sectionsAt + (contents.length + 1) * SECTION_HEADER);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, elfClass, 1, 1]);
  view.setUint16(16, type, true);
  view.setUint16(18, machine, true);
  view.setUint32(28, HEADER, true);
  view.setUint32(32, sectionsAt, true);
  view.setUint16(44, times, true);
  view.setUint16(48, contents.length + 1, true);
  view.setUint16(50, more.length > 0 ? 3 : 0, true);
  for (let time = 0; time < times; time++) {
    [1, bytesAt, 0x20000000, address, bytes.length, bytes.length].forEach((value, index) => view.setUint32(HEADER + time * PROGRAM_HEADER + 4 * index, value, true));
  }
  file.set(bytes, bytesAt);
  let at = bytesAt + bytes.length;
  contents.forEach(({ name, kind, link = 0, content }, index) => {
    const header = sectionsAt + (index + 1) * SECTION_HEADER;
    const size = typeof content === 'number' ? content : content.length;
    [[0, name], [4, kind], [16, at], [20, size], [24, link]].forEach(([field = 0, value = 0]) => view.setUint32(header + field, value, true));
    if (typeof content !== 'number') file.set(content, at);
    at += sizeOf(content);
  });
  return file;
}

/** Texts as a section keeps them: each ends with a zero, and before the first there is one, too. */
function textsOf(names: readonly string[]): Uint8Array {
  return new TextEncoder().encode(`\0${names.map((name) => `${name}\0`).join('')}`);
}

/** A UF2 file of some bytes, from the start of flash if nothing else is said. */
export function uf2(bytes: Uint8Array, family: number = RP2040_FAMILY, flags = 0x2000, address = FLASH): Uint8Array {
  const count = Math.ceil(bytes.length / 256);
  const file = new Uint8Array(512 * count);
  for (let block = 0; block < count; block++) {
    const view = new DataView(file.buffer, 512 * block, 512);
    [0x0a324655, 0x9e5d5157, flags, address + 256 * block, 256, block, count, family].forEach((value, index) => view.setUint32(4 * index, value, true));
    view.setUint32(508, 0x0ab16f30, true);
    file.set(bytes.subarray(256 * block, 256 * block + 256), 512 * block + 32);
  }
  return file;
}

/** Flash contents with a second-stage boot loader, which is never executed here, in front of the program. */
export function withSecondStage(main: Code, handlers: Record<number, Code> = {}): Uint8Array {
  const program = flashBytes(main, handlers, FLASH + 256);
  const bytes = new Uint8Array(256 + program.length);
  for (let index = 0; index < 252; index++) bytes[index] = index;
  new DataView(bytes.buffer).setUint32(252, crc32(bytes.subarray(0, 252)), true);
  bytes.set(program, 256);
  return bytes;
}

/** The lines that the firmware of a file prints until it ends. */
export const consoleOf = (file: Uint8Array): string[] => runHeadless({ image: parseImage(file) }).console.map(({ text }) => text);

/** That a file is refused, in these words. */
export function rejects(file: Uint8Array, message: RegExp): void {
  assert.throws(() => parseImage(file), (error) => error instanceof ImageError && message.test(error.message));
}
