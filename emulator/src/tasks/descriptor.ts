import { type Image, ImageError } from '../firmware/image.js';

/** Memory as a reader outside sees it. Words may be unaligned; undefined where there is no memory. */
export interface Memory {
  word(address: number): number | undefined;
  byte(address: number): number | undefined;
  bytes(address: number, length: number): Uint8Array | undefined;
}

/** Where things are in the runtime of a firmware: `include/uasync/kernel/descriptor.hpp`, field by field. */
export interface Descriptor {
  readonly loop: number;
  readonly loopCurrent: number;
  readonly loopAllFirst: number;
  readonly loopAllLast: number;
  readonly taskSize: number;
  readonly taskNext: number;
  readonly taskWaited: number;
  readonly taskDeadlineLow: number;
  readonly taskDeadlineHigh: number;
  readonly taskState: number;
  readonly taskLeaf: number;
  readonly taskAllNext: number;
  readonly taskName: number;
  readonly taskFunction: number;
  readonly taskWaitsFor: number;
  readonly framePromise: number;
  readonly promiseContinuation: number;
  readonly scopeParent: number;
  readonly joinedTask: number;
  /** 0 in a firmware of an older uasync, which does not say who holds a lock. */
  readonly lockOwner: number;
}

/** How the loops of a firmware with several are found, and what runs each: `LoopsDescriptor`. */
export interface LoopsDescriptor {
  readonly loopOlder: number;
  readonly loopLevels: number;
  readonly loopContext: number;
}

/** The offset of something that the firmware does not keep. */
export const ABSENT = 0xff;

const bytesOf = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
const MAGIC = bytesOf('uasync\n');
const LEVELS_MAGIC = bytesOf('uasync\v');
const LEVELS_SIZE = 12;
const LOOPS_MAGIC = bytesOf('uasync\f');
const LOOPS_SIZE = 11;
const VERSION = 1;
const SIZE = 31;
const FIELDS_AT = 12;

/** A firmware whose runtime is of another time than this reader. */
export class UnknownVersion extends ImageError {}

/**
 * The descriptor in an image; undefined if it has none, since it was not made with uasync.
 *
 * @throws UnknownVersion
 */
export function findDescriptor(image: Image): Descriptor | undefined {
  const bytes = find(image, MAGIC, SIZE);
  return bytes && read(bytes);
}

/** Where the address of the first task with a level is; undefined in an image that knows no levels. */
export function findLevels(image: Image): number | undefined {
  const bytes = find(image, LEVELS_MAGIC, LEVELS_SIZE);
  return bytes?.[LEVELS_MAGIC.length] === VERSION ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true) : undefined;
}

/** Undefined in an image that has only one loop at a time. */
export function findLoops(image: Image): LoopsDescriptor | undefined {
  const bytes = find(image, LOOPS_MAGIC, LOOPS_SIZE);
  if (bytes?.[LOOPS_MAGIC.length] !== VERSION) return undefined;
  const [loopOlder, loopLevels, loopContext] = bytes.subarray(LOOPS_MAGIC.length + 1) as unknown as [number, number, number];
  return { loopOlder, loopLevels, loopContext };
}

/** The constant that begins with these bytes. */
function find(image: Image, magic: readonly number[], size: number): Uint8Array | undefined {
  for (const bytes of pieces(image)) {
    for (let at = bytes.indexOf(magic[0] as number); at >= 0; at = bytes.indexOf(magic[0] as number, at + 1)) {
      if (at % 4 === 0 && at + size <= bytes.length && magic.every((byte, index) => bytes[at + index] === byte)) return bytes.subarray(at, at + size);
    }
  }
  return undefined;
}

/** What the image has in its memory, in as few pieces as there can be: the descriptor may lie across two blocks of a UF2 file. */
function pieces(image: Image): Uint8Array[] {
  const runs: { end: number; parts: Uint8Array[] }[] = [];
  for (const { address, bytes } of image.segments) {
    const last = runs.at(-1);
    if (last?.end === address) {
      last.parts.push(bytes);
      last.end += bytes.length;
    } else {
      runs.push({ end: address + bytes.length, parts: [bytes] });
    }
  }
  return runs.map(({ parts }) => {
    const joined = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  });
}

function read(bytes: Uint8Array): Descriptor {
  const version = bytes[MAGIC.length];
  if (version !== VERSION) throw new UnknownVersion(`its runtime keeps its tasks in layout ${version}, and this tool knows ${VERSION}`);
  const offset = (index: number): number => bytes[FIELDS_AT + index] as number;
  return {
    loop: new DataView(bytes.buffer, bytes.byteOffset).getUint32(8, true),
    loopCurrent: offset(0),
    loopAllFirst: offset(1),
    loopAllLast: offset(2),
    taskSize: offset(3),
    taskNext: offset(4),
    taskWaited: offset(5),
    taskDeadlineLow: offset(6),
    taskDeadlineHigh: offset(7),
    taskState: offset(8),
    taskLeaf: offset(9),
    taskAllNext: offset(10),
    taskName: offset(11),
    taskFunction: offset(12),
    taskWaitsFor: offset(13),
    framePromise: offset(14),
    promiseContinuation: offset(15),
    scopeParent: offset(16),
    joinedTask: offset(17),
    lockOwner: offset(18),
  };
}
