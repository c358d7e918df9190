import { Cursor, readAsFarAsItGoes } from './cursor.js';
import type { DebugSections } from './sections.js';

/** Attributes and abbreviations may take no byte of their section each: so many for a byte are more than any compiler writes. */
const MOST_A_BYTE = 4;
/** What is kept of an entry takes a hundred times its bytes. */
const MOST_ENTRIES = 2_000_000;

/** The tags, attributes and forms that are looked at: DWARF 5, 7.5. */
export const Tag = {
  classType: 0x02,
  member: 0x0d,
  pointerType: 0x0f,
  referenceType: 0x10,
  compileUnit: 0x11,
  structureType: 0x13,
  typedef: 0x16,
  inheritance: 0x1c,
  constType: 0x26,
  subprogram: 0x2e,
  variable: 0x34,
  volatileType: 0x35,
} as const;

export const Attribute = {
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  lowPc: 0x11,
  abstractOrigin: 0x31,
  dataMemberLocation: 0x38,
  declaration: 0x3c,
  specification: 0x47,
  type: 0x49,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
} as const;

const KEPT = new Set<number>(Object.values(Attribute));

export type Value = number | string | Uint8Array;

/** A debugging information entry: a type, a function, a variable. */
export interface Entry {
  readonly offset: number;
  readonly tag: number;
  readonly values: ReadonlyMap<number, Value>;
  readonly parent: Entry | undefined;
  readonly children: Entry[];
}

interface Shape {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly { readonly name: number; readonly form: number; readonly constant: number }[];
}

interface Unit {
  /** Behind its header; it ends where the unit ends. */
  readonly cursor: Cursor;
  readonly start: number;
  readonly end: number;
  readonly version: number;
  readonly addressSize: number;
  readonly shapes: ReadonlyMap<number, Shape>;
  strOffsetsBase: number;
  addrBase: number;
}

/** How much may still be read, so that damage which leads to the same place again and again comes to an end. */
interface Allowance {
  values: number;
  entries: number;
  abbreviations: number;
}

/** All entries of `.debug_info`, as trees, one a compile unit; DWARF 3 to 5. Of what is damaged, as far as it can be read. */
export function readEntries(sections: DebugSections): Entry[] {
  const info = sections.get('.debug_info');
  const abbreviations = sections.get('.debug_abbrev');
  if (info === undefined || abbreviations === undefined) return [];
  const roots: Entry[] = [];
  const shapesAt = new Map<number, ReadonlyMap<number, Shape>>();
  const left: Allowance = { values: MOST_A_BYTE * info.length, entries: MOST_ENTRIES, abbreviations: MOST_A_BYTE * abbreviations.length };
  for (let at = 0; at + 4 <= info.length; ) {
    const cursor = new Cursor(info, at);
    const end = cursor.u32() + cursor.at;
    readAsFarAsItGoes(() => {
      const unit = readUnitHeader(new Cursor(info.subarray(0, end), cursor.at), at, end, abbreviations, shapesAt, left);
      if (unit.version >= 3 && unit.version <= 5) readTree(unit, sections, left, roots);
    });
    at = end;
  }
  return roots;
}

function readUnitHeader(
  cursor: Cursor, start: number, end: number, abbreviations: Uint8Array, shapesAt: Map<number, ReadonlyMap<number, Shape>>, left: Allowance,
): Unit {
  const version = cursor.u16();
  let [addressSize, table] = [4, 0];
  if (version >= 5) {
    const type = cursor.u8();
    addressSize = cursor.u8();
    table = cursor.u32();
    if (type === 4 || type === 5) cursor.at += 8; // a skeleton's or split unit's id
    if (type === 2 || type === 6) cursor.at += 12; // a type unit's signature and place
  } else {
    table = cursor.u32();
    addressSize = cursor.u8();
  }
  let shapes = shapesAt.get(table);
  if (shapes === undefined) shapesAt.set(table, (shapes = readShapes(new Cursor(abbreviations, table), left)));
  return { cursor, start, end, version, addressSize, shapes, strOffsetsBase: 8, addrBase: 8 };
}

function readShapes(cursor: Cursor, left: Allowance): Map<number, Shape> {
  const shapes = new Map<number, Shape>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() !== 0;
    const attributes = [];
    for (;;) {
      if (left.abbreviations-- <= 0) throw new RangeError();
      const [name, form] = [cursor.uleb(), cursor.uleb()];
      const constant = form === Form.implicitConst ? cursor.sleb() : 0;
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, constant });
    }
    shapes.set(code, { tag, hasChildren, attributes });
  }
  return shapes;
}

/** @param roots the entries without a parent are added to them, before what is in them is read */
function readTree(unit: Unit, sections: DebugSections, left: Allowance, roots: Entry[]): void {
  const { cursor } = unit;
  let parent: Entry | undefined;
  const parents: (Entry | undefined)[] = [];
  while (cursor.at < unit.end) {
    const offset = cursor.at;
    const code = cursor.uleb();
    if (code === 0) {
      if (parents.length === 0) break;
      parent = parents.pop();
      continue;
    }
    const shape = unit.shapes.get(code);
    if (shape === undefined || left.entries-- <= 0) throw new RangeError();
    const values = new Map<number, Value>();
    for (const { name, form, constant } of shape.attributes) {
      if (left.values-- <= 0) throw new RangeError();
      const value = readValue(cursor, form, constant, unit, sections);
      if (name === Attribute.strOffsetsBase && typeof value === 'number') unit.strOffsetsBase = value;
      if (name === Attribute.addrBase && typeof value === 'number') unit.addrBase = value;
      if (KEPT.has(name)) values.set(name, value);
    }
    const entry: Entry = { offset, tag: shape.tag, values: values.size > 0 ? values : NO_VALUES, parent, children: [] };
    (parent?.children ?? roots).push(entry);
    if (shape.hasChildren) {
      parents.push(parent);
      parent = entry;
    }
  }
}

const NO_VALUES: ReadonlyMap<number, Value> = new Map();

const Form = {
  addr: 0x01, block2: 0x03, block4: 0x04, data2: 0x05, data4: 0x06, data8: 0x07, string: 0x08, block: 0x09, block1: 0x0a, data1: 0x0b,
  flag: 0x0c, sdata: 0x0d, strp: 0x0e, udata: 0x0f, refAddr: 0x10, ref1: 0x11, ref2: 0x12, ref4: 0x13, ref8: 0x14, refUdata: 0x15,
  indirect: 0x16, secOffset: 0x17, exprloc: 0x18, flagPresent: 0x19, strx: 0x1a, addrx: 0x1b, refSup4: 0x1c, strpSup: 0x1d, data16: 0x1e,
  lineStrp: 0x1f, refSig8: 0x20, implicitConst: 0x21, loclistx: 0x22, rnglistx: 0x23, refSup8: 0x24, strx1: 0x25, strx2: 0x26, strx3: 0x27,
  strx4: 0x28, addrx1: 0x29, addrx2: 0x2a, addrx3: 0x2b, addrx4: 0x2c,
} as const;

/** References are offsets in `.debug_info`; addresses, constants and flags are numbers. */
function readValue(cursor: Cursor, givenForm: number, constant: number, unit: Unit, sections: DebugSections): Value {
  let form = givenForm;
  while (form === Form.indirect) form = cursor.uleb();
  const indexedText = (index: number): string => sections.text('.debug_str', sections.number('.debug_str_offsets', unit.strOffsetsBase + 4 * index));
  const indexedAddress = (index: number): number => sections.number('.debug_addr', unit.addrBase + unit.addressSize * index, unit.addressSize);
  switch (form) {
    case Form.addr: return cursor.uint(unit.addressSize);
    case Form.data1: case Form.flag: return cursor.u8();
    case Form.data2: return cursor.u16();
    case Form.data4: case Form.secOffset: case Form.refAddr: case Form.refSup4: case Form.strpSup: return cursor.u32();
    case Form.data8: case Form.refSig8: case Form.refSup8: return cursor.uint(8);
    case Form.data16: return cursor.block(16);
    case Form.sdata: return cursor.sleb();
    case Form.udata: case Form.loclistx: case Form.rnglistx: return cursor.uleb();
    case Form.flagPresent: return 1;
    case Form.implicitConst: return constant;
    case Form.string: return cursor.text();
    case Form.strp: return sections.text('.debug_str', cursor.u32());
    case Form.lineStrp: return sections.text('.debug_line_str', cursor.u32());
    case Form.strx: return indexedText(cursor.uleb());
    case Form.strx1: case Form.strx2: case Form.strx3: case Form.strx4: return indexedText(cursor.uint(form - Form.strx1 + 1));
    case Form.addrx: return indexedAddress(cursor.uleb());
    case Form.addrx1: case Form.addrx2: case Form.addrx3: case Form.addrx4: return indexedAddress(cursor.uint(form - Form.addrx1 + 1));
    case Form.ref1: return unit.start + cursor.u8();
    case Form.ref2: return unit.start + cursor.u16();
    case Form.ref4: return unit.start + cursor.u32();
    case Form.ref8: return unit.start + cursor.uint(8);
    case Form.refUdata: return unit.start + cursor.uleb();
    case Form.block1: return cursor.block(cursor.u8());
    case Form.block2: return cursor.block(cursor.u16());
    case Form.block4: return cursor.block(cursor.u32());
    case Form.block: case Form.exprloc: return cursor.block(cursor.uleb());
    default: throw new RangeError();
  }
}
