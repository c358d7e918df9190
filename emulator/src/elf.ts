import { type Image, ImageError, type Segment } from './image.js';
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
const SHT_SYMTAB = 2;
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
  return { segments: readSegments(file, data), symbols: readSymbols(file, data) };
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

function readSymbols(file: Uint8Array, data: DataView): SymbolTable {
  const table = data.getUint32(32, true);
  const count = data.getUint16(48, true);
  const section = (index: number): Uint8Array => {
    const header = table + index * SECTION_HEADER_SIZE;
    return slice(file, data.getUint32(header + 16, true), data.getUint32(header + 20, true));
  };
  for (let index = 0; index < count; index++) {
    const header = table + index * SECTION_HEADER_SIZE;
    if (data.getUint32(header + 4, true) === SHT_SYMTAB) {
      return new SymbolTable(readFunctions(section(index), section(data.getUint32(header + 24, true))));
    }
  }
  return new SymbolTable([]);
}

function readFunctions(symbols: Uint8Array, strings: Uint8Array): { address: number; size: number; name: string }[] {
  const data = view(symbols);
  const decoder = new TextDecoder();
  const functions = [];
  for (let at = 0; at + SYMBOL_SIZE <= symbols.length; at += SYMBOL_SIZE) {
    if ((data.getUint8(at + 12) & 0xf) !== STT_FUNC) continue;
    const name = data.getUint32(at, true);
    functions.push({
      address: (data.getUint32(at + 4, true) & ~1) >>> 0, // bit 0 marks Thumb code
      size: data.getUint32(at + 8, true),
      name: decoder.decode(strings.subarray(name, strings.indexOf(0, name))),
    });
  }
  return functions;
}

function slice(file: Uint8Array, offset: number, size: number): Uint8Array {
  if (offset + size > file.length) throw new RangeError();
  return file.subarray(offset, offset + size);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
