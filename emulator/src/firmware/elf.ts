import { SRAM_END, SRAM_START } from '../memory-map.js';
import { readAsFarAsItGoes } from './dwarf/cursor.js';
import { DebugInfo } from './dwarf/debug-info.js';
import { type Image, ImageError, type Segment } from './image.js';
import { StringTable } from './strings.js';
import { SymbolTable } from './symbols.js';

const MAGIC = 0x464c457f; // "\x7fELF", little endian
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const EXECUTABLE = 2;
const MACHINE_ARM = 40;
const HEADER_SIZE = 52;
const PROGRAM_HEADER_SIZE = 32;
const SECTION_HEADER_SIZE = 40;
const SYMBOL_SIZE = 16;
const PT_LOAD = 1;
const SHT_PROGBITS = 1;
const SHT_SYMTAB = 2;
const STT_OBJECT = 1;
const STT_FUNC = 2;

/** True if the file says that it is an ELF. */
export function isElf(file: Uint8Array): boolean {
  return file.length >= 4 && view(file).getUint32(0, true) === MAGIC;
}

/**
 * Reads an ELF executable: what it loads, at the physical addresses, and its functions' names.
 *
 * @throws ImageError if it is damaged or not an executable for a 32-bit ARM
 */
export function parseElf(file: Uint8Array): Image {
  try {
    return parse(file);
  } catch (error) {
    if (error instanceof RangeError) throw new ImageError('a truncated or damaged ELF file');
    throw error;
  }
}

function parse(file: Uint8Array): Image {
  if (file.length < HEADER_SIZE) throw new ImageError('a truncated ELF file');
  const data = view(file);
  if (data.getUint8(4) !== CLASS_32 || data.getUint8(5) !== LITTLE_ENDIAN || data.getUint16(18, true) !== MACHINE_ARM) {
    throw new ImageError('an ELF file, but not for a 32-bit ARM processor');
  }
  if (data.getUint16(16, true) !== EXECUTABLE) throw new ImageError('an ELF file, but not an executable (an object file or a library)');
  let debug: DebugInfo | undefined | 'unread' = 'unread';
  return {
    segments: readSegments(file, data),
    entry: data.getUint32(24, true),
    ramBytes: readRamBytes(data),
    ...readSymbols(file, data),
    words: readWords(file, data),
    get debug() {
      if (debug === 'unread') debug = readDebugInfo(file, data);
      return debug;
    },
  };
}

function readSegments(file: Uint8Array, data: DataView): Segment[] {
  const table = data.getUint32(28, true);
  const count = data.getUint16(44, true);
  const segments: Segment[] = [];
  for (let index = 0; index < count; index++) {
    const header = table + index * PROGRAM_HEADER_SIZE;
    const size = data.getUint32(header + 16, true);
    if (data.getUint32(header, true) !== PT_LOAD || size === 0) continue;
    segments.push({ address: data.getUint32(header + 12, true), bytes: slice(file, data.getUint32(header + 4, true), size) });
  }
  if (segments.length === 0) throw new ImageError('an ELF file that loads nothing');
  return segments;
}

/** What it takes of the SRAM, whether the file has contents for it or not. */
function readRamBytes(data: DataView): number {
  const table = data.getUint32(28, true);
  let sum = 0;
  for (let index = 0; index < data.getUint16(44, true); index++) {
    const header = table + index * PROGRAM_HEADER_SIZE;
    const address = data.getUint32(header + 8, true);
    if (data.getUint32(header, true) === PT_LOAD && address >= SRAM_START && address < SRAM_END) sum += data.getUint32(header + 20, true);
  }
  return sum;
}

function readSymbols(file: Uint8Array, data: DataView): Pick<Image, 'symbols' | 'objects'> {
  const headers = sectionHeaders(data);
  const table = headers.find((header) => data.getUint32(header + 4, true) === SHT_SYMTAB);
  if (table === undefined) return { symbols: new SymbolTable([]), objects: new SymbolTable([]) };
  const strings = new StringTable(section(file, data, headers[data.getUint32(table + 24, true)] ?? table));
  const symbols = section(file, data, table);
  return {
    symbols: new SymbolTable(readSymbolsOfType(symbols, strings, STT_FUNC)),
    objects: new SymbolTable(readSymbolsOfType(symbols, strings, STT_OBJECT)),
  };
}

function readSymbolsOfType(symbols: Uint8Array, strings: StringTable, type: number): { address: number; size: number; name: string }[] {
  const data = view(symbols);
  const found = [];
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    if ((data.getUint8(at + 12) & 0xf) !== type) continue;
    const name = data.getUint32(at, true);
    const address = data.getUint32(at + 4, true);
    found.push({
      address: type === STT_FUNC ? (address & ~1) >>> 0 : address, // bit 0 marks Thumb code
      size: data.getUint32(at + 8, true),
      name: strings.at(name) ?? '', // a damaged name counts as none
    });
  }
  return found;
}

/** Undefined if there is none, or the headers of the sections are damaged. */
function readDebugInfo(file: Uint8Array, data: DataView): DebugInfo | undefined {
  return readAsFarAsItGoes(() => DebugInfo.read(readSections(file, data, (name) => name.startsWith('.debug_'))));
}

/** Empty if there are none, or the headers of the sections are damaged. */
function readWords(file: Uint8Array, data: DataView): Uint8Array {
  return readAsFarAsItGoes(() => readSections(file, data, (name) => name === '.uasync_words').get('.uasync_words')) ?? new Uint8Array();
}

/** Those that are in the file as a whole. */
function readSections(file: Uint8Array, data: DataView, wanted: (name: string) => boolean): Map<string, Uint8Array> {
  const headers = sectionHeaders(data);
  const namesHeader = headers[data.getUint16(50, true)];
  const sections = new Map<string, Uint8Array>();
  if (namesHeader === undefined) return sections;
  const names = new StringTable(section(file, data, namesHeader));
  for (const header of headers) {
    const name = names.at(data.getUint32(header, true));
    if (name === undefined || !wanted(name) || data.getUint32(header + 4, true) !== SHT_PROGBITS) continue;
    const bytes = readAsFarAsItGoes(() => section(file, data, header));
    if (bytes !== undefined) sections.set(name, bytes);
  }
  return sections;
}

/** The offsets in the file of all section headers. */
function sectionHeaders(data: DataView): number[] {
  const table = data.getUint32(32, true);
  return Array.from({ length: data.getUint16(48, true) }, (_, index) => table + index * SECTION_HEADER_SIZE);
}

function section(file: Uint8Array, data: DataView, header: number): Uint8Array {
  return slice(file, data.getUint32(header + 16, true), data.getUint32(header + 20, true));
}

function slice(file: Uint8Array, offset: number, size: number): Uint8Array {
  if (offset + size > file.length) throw new RangeError();
  return file.subarray(offset, offset + size);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
