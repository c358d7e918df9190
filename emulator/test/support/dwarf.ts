import { Attribute, Tag } from '../../src/firmware/dwarf/entries.js';

/** The forms that the tests use: DWARF 5, 7.5.6. */
export const FORM = { addr: 0x01, data2: 0x05, data4: 0x06, string: 0x08, data1: 0x0b, strp: 0x0e, ref4: 0x13, exprloc: 0x18, flagPresent: 0x19 } as const;

const uleb = (value: number): number[] => (value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...uleb(value >>> 7)]);
export const u32 = (value: number): number[] => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
const text = (value: string): number[] => [...new TextEncoder().encode(value), 0];

/** An abbreviation: the tag, whether there are children, and pairs of attribute and form. */
export type Shape = readonly [tag: number, hasChildren: boolean, ...attributes: (readonly [attribute: number, form: number])[]];

/** `.debug_abbrev` with these shapes, numbered from 1. */
export function abbreviations(shapes: readonly Shape[]): Uint8Array {
  const one = ([tag, hasChildren, ...attributes]: Shape, index: number): number[] => [
    ...uleb(index + 1), ...uleb(tag), hasChildren ? 1 : 0, ...attributes.flatMap(([attribute, form]) => [...uleb(attribute), ...uleb(form)]), 0, 0,
  ];
  return Uint8Array.from([...shapes.flatMap(one), 0]);
}

/** A unit of `.debug_info` in DWARF 4, with these entries; its first byte is at 11. */
export function unit(entries: readonly number[]): number[] {
  return [...u32(7 + entries.length), 4, 0, ...u32(0), 4, ...entries];
}

/** Where the first entry of the first unit is. */
export const FIRST_ENTRY = 11;

const SHAPES: readonly Shape[] = [
  [Tag.structureType, true, [Attribute.name, FORM.string], [Attribute.byteSize, FORM.data2]],
  [Tag.typedef, false, [Attribute.type, FORM.ref4]],
  [Tag.variable, false, [Attribute.name, FORM.string], [Attribute.type, FORM.ref4], [Attribute.location, FORM.exprloc]],
];

/** `.debug_abbrev` for the entries below. */
export const ABBREVIATIONS = abbreviations(SHAPES);

/** Entries for {@link ABBREVIATIONS}. References are offsets from the unit's first byte. */
export const structure = (name: string, size: number, members: readonly number[]): number[] => [1, ...text(name), size & 255, size >> 8, ...members, 0];
export const typedef = (type: number): number[] => [2, ...u32(type)];
export const variable = (name: string, type: number, location: readonly number[]): number[] => [3, ...text(name), ...u32(type), ...uleb(location.length), ...location];
