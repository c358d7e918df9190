import { StringTable } from '../strings.js';
import { Cursor } from './cursor.js';

const NOTHING = new Uint8Array();

/** The debug sections of an ELF file. Of what is not there, or damaged, each read is a RangeError. */
export class DebugSections {
  private readonly texts = new Map<string, StringTable>();

  /** @param sections by name */
  constructor(private readonly sections: ReadonlyMap<string, Uint8Array>) {}

  /** A section by its name, `.debug_info`; undefined where there is none. */
  get(name: string): Uint8Array | undefined {
    return this.sections.get(name);
  }

  /** The text at an offset of a section. */
  text(name: string, offset: number): string {
    let table = this.texts.get(name);
    if (table === undefined) this.texts.set(name, (table = new StringTable(this.sections.get(name) ?? NOTHING)));
    const text = table.at(offset);
    if (text === undefined) throw new RangeError();
    return text;
  }

  /** The number at an offset of a section. */
  number(name: string, offset: number, size = 4): number {
    return new Cursor(this.sections.get(name) ?? NOTHING, offset).uint(size);
  }
}
