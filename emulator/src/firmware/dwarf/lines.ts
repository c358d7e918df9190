import { Cursor, readAsFarAsItGoes } from './cursor.js';
import type { DebugSections } from './sections.js';

interface Row {
  readonly address: number;
  readonly file: string;
  readonly line: number;
}

/** A run of code that the table describes without a gap. */
interface Sequence {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly Row[];
}

/** Which line of which file an instruction comes from: `.debug_line`, DWARF 3 to 5. */
export class LineTable {
  private readonly sequences: Sequence[] = [];

  /** @param lowest below this there is no code: what the linker dropped claims to be at 0 */
  constructor(sections: DebugSections, lowest: number) {
    const section = sections.get('.debug_line');
    if (section === undefined) return;
    for (const cursor = new Cursor(section); !cursor.atEnd; ) {
      if (section.length - cursor.at < 4) break;
      const end = cursor.u32() + cursor.at;
      // A unit reads nothing of the next, or many short ones could each read all of the section.
      readAsFarAsItGoes(() => readUnit(new Cursor(section.subarray(0, end), cursor.at), end, sections, (sequence) => {
        if (sequence.start >= lowest && sequence.end > sequence.start) this.sequences.push(sequence);
      }));
      cursor.at = end;
    }
    this.sequences.sort((a, b) => a.start - b.start);
  }

  /** The file, as the compiler was told, and the line; undefined where none is known. */
  at(address: number): { file: string; line: number } | undefined {
    const sequence = last(this.sequences, ({ start }) => start <= address);
    if (sequence === undefined || address >= sequence.end) return undefined;
    const row = last(sequence.rows, (candidate) => candidate.address <= address);
    return row && row.line > 0 ? { file: row.file, line: row.line } : undefined;
  }
}

/** The last item for which something holds that holds for all before it. */
function last<T>(items: readonly T[], holds: (item: T) => boolean): T | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

function readUnit(cursor: Cursor, end: number, sections: DebugSections, onSequence: (sequence: Sequence) => void): void {
  const version = cursor.u16();
  if (version < 3 || version > 5) return;
  if (version >= 5) cursor.at += 2; // sizes of addresses and of selectors
  const programStart = cursor.u32() + cursor.at;
  const shortest = cursor.u8();
  if (version >= 4) cursor.at++; // operations an instruction
  cursor.at++; // whether a row is a statement at first
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  if (lineRange === 0) throw new RangeError();
  const opcodeBase = cursor.u8();
  const argumentCounts = [...cursor.block(opcodeBase - 1)];
  const files = version >= 5 ? readFiles5(cursor, sections) : readFiles4(cursor);
  cursor.at = programStart;

  let [address, file, line] = [0, 1, 1];
  let rows: Row[] = [];
  const emit = (): number => rows.push({ address, file: files[file] ?? '?', line });
  while (cursor.at < end) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const adjusted = opcode - opcodeBase;
      address += Math.floor(adjusted / lineRange) * shortest;
      line += lineBase + (adjusted % lineRange);
      emit();
      continue;
    }
    switch (opcode) {
      case 0: {
        const next = cursor.uleb() + cursor.at;
        const extended = cursor.u8();
        if (extended === 1) {
          const first = rows[0];
          if (first) onSequence({ start: first.address, end: address, rows });
          [address, file, line, rows] = [0, 1, 1, []];
        } else if (extended === 2) {
          address = cursor.u32();
        }
        cursor.at = next;
        break;
      }
      case 1: emit(); break;
      case 2: address += cursor.uleb() * shortest; break;
      case 3: line += cursor.sleb(); break;
      case 4: file = cursor.uleb(); break;
      case 8: address += Math.floor((255 - opcodeBase) / lineRange) * shortest; break;
      case 9: address += cursor.u16(); break;
      default: for (let count = argumentCounts[opcode - 1] ?? 0; count > 0; count--) cursor.uleb();
    }
  }
}

/** The files' names, with their folders, by number. */
function readFiles4(cursor: Cursor): string[] {
  const folders = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) folders.push(name);
  const files = [''];
  for (let name = cursor.text(); name !== ''; name = cursor.text()) {
    files.push(joined(folders[cursor.uleb()] ?? '', name));
    cursor.uleb();
    cursor.uleb();
  }
  return files;
}

function readFiles5(cursor: Cursor, sections: DebugSections): string[] {
  const folders = readNames5(cursor, sections).map(({ name }) => name);
  return readNames5(cursor, sections).map(({ name, folder }) => joined(folder === 0 ? '' : (folders[folder] ?? ''), name));
}

function readNames5(cursor: Cursor, sections: DebugSections): { name: string; folder: number }[] {
  const formats = Array.from({ length: cursor.u8() }, () => ({ content: cursor.uleb(), form: cursor.uleb() }));
  return Array.from({ length: plausible(cursor) }, () => {
    let [name, folder] = ['', 0];
    for (const { content, form } of formats) {
      const value = readName(cursor, form, sections);
      if (content === 1) name = String(value);
      if (content === 2) folder = Number(value);
    }
    return { name, folder };
  });
}

/** How many names follow: not more than there are bytes. */
function plausible(cursor: Cursor): number {
  const count = cursor.uleb();
  if (count > cursor.bytes.length - cursor.at) throw new RangeError();
  return count;
}

function readName(cursor: Cursor, form: number, sections: DebugSections): string | number {
  switch (form) {
    case 0x08: return cursor.text();
    case 0x0e: return sections.text('.debug_str', cursor.u32());
    case 0x1f: return sections.text('.debug_line_str', cursor.u32());
    case 0x0b: return cursor.u8();
    case 0x05: return cursor.u16();
    case 0x0f: return cursor.uleb();
    case 0x1e: cursor.block(16); return '';
    default: throw new RangeError();
  }
}

function joined(folder: string, name: string): string {
  return folder === '' || name.startsWith('/') ? name : `${folder}/${name}`;
}
