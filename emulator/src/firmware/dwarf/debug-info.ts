import { FLASH_START } from '../../memory-map.js';
import { Cursor } from './cursor.js';
import { Attribute, type Entry, readEntries, type Sections, Tag } from './entries.js';
import { LineTable } from './lines.js';
import type { SourcePlace } from './place.js';

const OP_ADDR = 0x03;
const OP_ADDRX = 0xa1;

/** A class, struct or union, or whatever else a type is, then without members. */
export interface Type {
  /** As in the source, with template arguments but without namespaces' names: `Queue<int, 8>`. */
  readonly name: string;
  readonly size: number | undefined;
  /** Members and bases (without a name), with their offsets. */
  readonly members: readonly Member[];
  /** What a pointer or reference refers to. */
  readonly target: Type | undefined;
}

export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly type: Type | undefined;
}

/** A variable with a fixed place. */
export interface Global {
  readonly name: string;
  readonly address: number;
  readonly type: Type | undefined;
}

/**
 * What the compiler told of a firmware: lines, types, functions' and variables' names.
 *
 * Everything is read at the first question, and what is damaged counts as absent.
 */
export class DebugInfo {
  private readonly entries = new Map<number, Entry>();
  private readonly structures = new Map<string, Entry>();
  private readonly functions = new Map<number, Entry>();
  private readonly variables: Entry[] = [];
  private readonly types = new Map<Entry, Type>();
  private readonly lines: LineTable;
  private readonly sections: Sections;
  private globalsFound: readonly Global[] | undefined;

  private constructor(sections: Sections) {
    this.sections = sections;
    this.lines = new LineTable(sections, FLASH_START);
    for (const root of readEntries(sections)) this.index(root);
  }

  /** Undefined if there is no debug information, or none that can be read. */
  static read(sections: Sections): DebugInfo | undefined {
    if (!sections.has('.debug_info')) return undefined;
    try {
      return new DebugInfo(sections);
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  /** The source of an instruction. */
  placeOf(address: number): SourcePlace | undefined {
    const found = this.lines.at(address);
    return found && { file: shortened(found.file), line: found.line };
  }

  /** A structure by the name that the compiler gave it. */
  structure(name: string): Type | undefined {
    const entry = this.structures.get(name);
    return entry && this.typeOf(entry);
  }

  /** The name in the source of the function that begins at an address, with its classes and named namespaces: `app::blink`. */
  functionNameAt(address: number): string | undefined {
    const entry = this.functions.get(address);
    return entry && this.qualifiedName(entry);
  }

  /** The variables with a fixed place. */
  get globals(): readonly Global[] {
    this.globalsFound ??= this.variables.flatMap((entry) => {
      const address = this.addressOf(entry);
      const name = this.attribute(entry, Attribute.name);
      return address !== undefined && typeof name === 'string' ? [{ name, address, type: this.typeBehind(entry) }] : [];
    });
    return this.globalsFound;
  }

  private index(entry: Entry): void {
    this.entries.set(entry.offset, entry);
    const { tag, values } = entry;
    const name = values.get(Attribute.name);
    if ((tag === Tag.structureType || tag === Tag.classType) && typeof name === 'string' && !values.has(Attribute.declaration)) {
      if (name.startsWith('_Z')) this.structures.set(name, entry);
    } else if (tag === Tag.subprogram) {
      const start = values.get(Attribute.lowPc);
      if (typeof start === 'number' && start >= FLASH_START) this.functions.set(start, entry);
    } else if (tag === Tag.variable && values.get(Attribute.location) instanceof Uint8Array) {
      this.variables.push(entry);
    }
    for (const child of entry.children) this.index(child);
  }

  private addressOf(entry: Entry): number | undefined {
    const location = entry.values.get(Attribute.location) as Uint8Array;
    if (location[0] === OP_ADDR && location.length === 5) return new Cursor(location, 1).u32();
    // An index needs its unit's table; with one unit, as after optimisation at link time, the table begins behind its header.
    const addresses = this.sections.get('.debug_addr');
    if (location[0] === OP_ADDRX && addresses !== undefined) {
      const base = Number(root(entry).values.get(Attribute.addrBase) ?? 8);
      const at = base + 4 * new Cursor(location, 1).uleb();
      return at + 4 <= addresses.length ? new Cursor(addresses, at).u32() : undefined;
    }
    return undefined;
  }

  /** An attribute of an entry, or of what it completes or is an instance of. */
  private attribute(entry: Entry, attribute: number, depth = 0): unknown {
    const own = entry.values.get(attribute);
    if (own !== undefined || depth > 4) return own;
    const origin = entry.values.get(Attribute.specification) ?? entry.values.get(Attribute.abstractOrigin);
    const other = typeof origin === 'number' ? this.entries.get(origin) : undefined;
    return other && this.attribute(other, attribute, depth + 1);
  }

  private qualifiedName(entry: Entry): string | undefined {
    let place = entry;
    for (let depth = 0; depth < 4; depth++) {
      const origin = place.values.get(Attribute.specification) ?? place.values.get(Attribute.abstractOrigin);
      const other = typeof origin === 'number' ? this.entries.get(origin) : undefined;
      if (other === undefined) break;
      place = other;
    }
    const names: string[] = [];
    for (let at: Entry | undefined = place; at !== undefined && at.tag !== Tag.compileUnit; at = at.parent) {
      const name = this.attribute(at, Attribute.name);
      if (typeof name === 'string') names.unshift(name);
    }
    return names.length > 0 ? names.join('::') : undefined;
  }

  private typeBehind(entry: Entry): Type | undefined {
    const reference = this.attribute(entry, Attribute.type);
    const type = typeof reference === 'number' ? this.entries.get(reference) : undefined;
    return type && this.typeOf(type);
  }

  private typeOf(entry: Entry): Type {
    const known = this.types.get(entry);
    if (known !== undefined) return known;
    const { tag } = entry;
    if (tag === Tag.constType || tag === Tag.volatileType || tag === Tag.typedef) {
      this.types.set(entry, NO_TYPE); // what a type that is defined by itself comes to
      const type = this.typeBehind(entry) ?? NO_TYPE;
      this.types.set(entry, type);
      return type;
    }
    const type = new LazyType(
      this.nameOf(entry),
      entry.values.get(Attribute.byteSize) as number | undefined,
      () => entry.children.flatMap((child) => this.memberOf(child)),
      () => (tag === Tag.pointerType || tag === Tag.referenceType ? this.typeBehind(entry) : undefined),
    );
    this.types.set(entry, type);
    return type;
  }

  private nameOf(entry: Entry): string {
    const name = entry.values.get(Attribute.name);
    const own = typeof name === 'string' ? name : '';
    const { parent } = entry;
    const nestedIn = parent && (parent.tag === Tag.structureType || parent.tag === Tag.classType) ? `${this.nameOf(parent)}::` : '';
    return nestedIn + own;
  }

  private memberOf(entry: Entry): Member[] {
    const offset = entry.values.get(Attribute.dataMemberLocation);
    if ((entry.tag !== Tag.member && entry.tag !== Tag.inheritance) || (offset !== undefined && typeof offset !== 'number')) return [];
    const name = entry.values.get(Attribute.name);
    return [{ name: typeof name === 'string' ? name : '', offset: offset ?? 0, type: this.typeBehind(entry) }];
  }
}

const NO_TYPE: Type = { name: 'void', size: undefined, members: [], target: undefined };

/** Types refer to each other in circles, so what is in one is looked at only when it is asked for. */
class LazyType implements Type {
  private membersFound: readonly Member[] | undefined;

  constructor(
    readonly name: string,
    readonly size: number | undefined,
    private readonly findMembers: () => readonly Member[],
    private readonly findTarget: () => Type | undefined,
  ) {}

  get members(): readonly Member[] {
    return (this.membersFound ??= this.findMembers());
  }

  get target(): Type | undefined {
    return this.findTarget();
  }
}

function root(entry: Entry): Entry {
  let at = entry;
  while (at.parent !== undefined) at = at.parent;
  return at;
}

/** The last two parts of a path: enough to know the file, and the same on every machine. */
export function shortened(path: string): string {
  const parts: string[] = [];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..' && parts.length > 0) parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.slice(-2).join('/');
}
