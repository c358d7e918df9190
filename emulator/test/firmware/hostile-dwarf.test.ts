import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Attribute, Tag } from '../../src/firmware/dwarf/entries.js';
import type { Image } from '../../src/firmware/image.js';
import { parseElf } from '../../src/firmware/elf.js';
import { ABBREVIATIONS, abbreviations, FIRST_ENTRY, FORM, structure, typedef, u32, unit, variable } from '../support/dwarf.js';
import { elf } from '../support/files.js';
import { flashBytes } from '../support/program.js';
import { bkpt } from '../support/thumb.js';

const PLACE = 0x100000c0;
const RAM = 0x20000000;
const at = (address: number): number[] => [0x03, ...u32(address)];

const read = (sections: Record<string, Uint8Array | number>): Image['debug'] => parseElf(elf(flashBytes(bkpt), { sections })).debug;

const withInfo = (entries: readonly number[], abbrev = ABBREVIATIONS): Image['debug'] => read({ '.debug_abbrev': abbrev, '.debug_info': Uint8Array.from(unit(entries)) });

/** All that can be asked of it; the processor's time that it takes is less than this many seconds, and memory so many megabytes. */
function asksAll(debug: () => Image['debug'], seconds = 3, megabytes = 400): void {
  const [start, before] = [process.cpuUsage(), process.memoryUsage().rss];
  const info = debug();
  info?.placeOf(PLACE);
  info?.functionNameAt(PLACE);
  info?.structure('_Z1s');
  for (const { type } of info?.globals ?? []) for (const one of type?.members ?? []) assert.equal(typeof one.type?.name, 'string');
  const { user, system } = process.cpuUsage(start);
  assert.ok((user + system) / 1e6 < seconds, `${(user + system) / 1e6} s`);
  assert.ok(process.memoryUsage().rss - before < megabytes * 1e6, `${(process.memoryUsage().rss - before) / 1e6} MB`);
}

describe('debug information that is damaged', () => {
  it('in one section is read from the others', () => {
    const info = Uint8Array.from(unit(variable('x', FIRST_ENTRY, at(RAM))));
    for (const line of [0x10000000, Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 4, 0, 1)]) {
      const debug = read({ '.debug_abbrev': ABBREVIATIONS, '.debug_info': info, '.debug_line': line });
      assert.equal(debug?.placeOf(PLACE), undefined);
      assert.deepEqual(debug?.globals.map(({ name, address }) => [name, address]), [['x', RAM]]);
    }
  });

  it('in one unit is read from those before it', () => {
    const info = Uint8Array.from([...unit(variable('x', FIRST_ENTRY, at(RAM))), ...unit([99])]);
    assert.deepEqual(read({ '.debug_abbrev': ABBREVIATIONS, '.debug_info': info })?.globals.map(({ name }) => name), ['x']);
  });

  it('hides a variable whose place has no end, and no other', () => {
    const debug = withInfo([...variable('x', FIRST_ENTRY, [0xa1, 0x80, 0x80]), ...variable('y', FIRST_ENTRY, at(RAM))]);
    assert.deepEqual(debug?.globals.map(({ name }) => name), ['y']);
  });

  it('may have numbers without an end', () => {
    asksAll(() => withInfo([0x80, ...Array.from({ length: 5000 }, () => 0x80), 1]));
    asksAll(() => withInfo(variable('x', FIRST_ENTRY, [0xa1, ...Array.from({ length: 2000 }, () => 0xff), 1])));
  });

  it('may have texts without an end, or many that end together', () => {
    const shape = abbreviations([[Tag.variable, false, [Attribute.name, FORM.strp]]]);
    const entries = (step: number): Uint8Array => Uint8Array.from(unit(Array.from({ length: 100_000 }, (_, index) => [1, ...u32(index * step)]).flat()));
    const texts = new Uint8Array(1_000_000).fill(97);
    asksAll(() => read({ '.debug_abbrev': shape, '.debug_info': entries(7), '.debug_str': texts }));
    const ending = texts.slice();
    for (let index = 8000; index < ending.length; index += 8000) ending[index] = 0;
    asksAll(() => read({ '.debug_abbrev': shape, '.debug_info': entries(7), '.debug_str': ending }));
  });

  it('may have types that are each other', () => {
    const count = 5000;
    const chain = Array.from({ length: count }, (_, index) => typedef(FIRST_ENTRY + 5 * (index + 1))).flat();
    const debug = withInfo([...chain, ...structure('S', 4, []), ...variable('x', FIRST_ENTRY, at(RAM))]);
    assert.equal(debug?.globals[0]?.type?.name, 'void');
    const short = withInfo([...typedef(FIRST_ENTRY + 5), ...typedef(FIRST_ENTRY + 10), ...structure('S', 4, []), ...variable('x', FIRST_ENTRY, at(RAM))]);
    assert.deepEqual([short?.globals[0]?.type?.name, short?.globals[0]?.type?.size], ['S', 4]);
    const circle = withInfo([...typedef(FIRST_ENTRY + 5), ...typedef(FIRST_ENTRY), ...variable('x', FIRST_ENTRY, at(RAM))]);
    assert.equal(circle?.globals[0]?.type?.name, 'void');
  });

  it('may have structures within structures without an end', () => {
    const deep = Array.from({ length: 30_000 }, () => [1, 65, 0, 4, 0]).flat();
    asksAll(() => withInfo([...deep, ...variable('x', FIRST_ENTRY + 5 * 29_999, at(RAM))]));
  });

  it('may have a size that is none', () => {
    const shape = abbreviations([[Tag.structureType, false, [Attribute.name, FORM.string], [Attribute.byteSize, FORM.exprloc]], [Tag.variable, false, [Attribute.name, FORM.string], [Attribute.type, FORM.ref4], [Attribute.location, FORM.exprloc]]]);
    const debug = withInfo([1, 83, 0, 1, 0x30, 2, 120, 0, ...u32(FIRST_ENTRY), 5, ...at(RAM)], shape);
    assert.deepEqual([debug?.globals[0]?.type?.name, debug?.globals[0]?.type?.size], ['S', undefined]);
  });

  it('may say much in few bytes', () => {
    const flags = Array.from({ length: 20_000 }, () => [Attribute.declaration, FORM.flagPresent] as const);
    asksAll(() => withInfo(Array.from({ length: 50_000 }, () => 1), abbreviations([[Tag.variable, false, ...flags]])));
    // Each unit has abbreviations of its own, which reach to the end of the section.
    const units = Array.from({ length: 20_000 }, (_, index) => [...u32(7), 4, 0, ...u32(index), 4]).flat();
    const shapes = abbreviations(Array.from({ length: 50_000 }, () => [Tag.variable, false, [Attribute.name, FORM.string]] as const));
    asksAll(() => read({ '.debug_abbrev': shapes, '.debug_info': Uint8Array.from(units) }));
  });

  it('may have lines that read each other', () => {
    // Units of 16 bytes, whose list of folders goes on through all those behind them.
    const one = [...u32(16), 4, 0, ...u32(10), 1, 1, 1, 0xfb, 14, 1, 97, 97, 97, 97];
    asksAll(() => read({ '.debug_info': Uint8Array.of(), '.debug_line': Uint8Array.from(Array.from({ length: 20_000 }, () => one).flat()) }));
    const noRange = [...u32(20), 3, 0, ...u32(6), 1, 1, 0xfb, 0, 1, 0, 0, 0, 5, 6, 7, 8, 9, 10];
    asksAll(() => read({ '.debug_info': Uint8Array.of(), '.debug_line': Uint8Array.from(noRange) }));
  });
});
