import { FLASH_START } from '../../memory-map.js';
import { Cursor, readAsFarAsItGoes } from './cursor.js';
import { Attribute, type Entry, readEntries, Tag } from './entries.js';
import { LineTable } from './lines.js';
import type { SourcePlace } from './place.js';
import { DebugSections } from './sections.js';

const OP_ADDR = 0x03;
const OP_ADDRX = 0xa1;
/** How far namespaces, classes and names for types may be nested. */
const DEEPEST = 64;
/** Of a structure. */
const MOST_MEMBERS = 4096;

/** A class, struct or union, or whatever else a type is, then without members. */
export interface Type {
  /** As in the source, with template arguments but without namespaces' names: `Queue<int, 8>`. */
  readonly name: string;
  /** In bytes. */
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
 * Everything is read at the first question, and what is damaged counts as absent: a question never fails, and never takes long.
 */
export class DebugInfo {
  private readonly entries = new Map<number, Entry>();
  private readonly structures = new Map<string, Entry>();
  private readonly functions = new Map<number, Entry>();
  private readonly variables: Entry[] = [];
  private readonly types = new Map<Entry, Type>();
  private readonly lines: LineTable;
  private globalsFound: readonly Global[] | undefined;

  private constructor(private readonly sections: DebugSections) {
    this.lines = new LineTable(sections, FLASH_START);
    this.index(readEntries(sections));
  }

  /** Undefined if there is no debug information. @param sections by name */
  static read(sections: ReadonlyMap<string, Uint8Array>): DebugInfo | undefined {
    return sections.has('.debug_info') ? new DebugInfo(new DebugSections(sections)) : undefined;
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
      const address = readAsFarAsItGoes(() => this.addressOf(entry));
      const name = this.attribute(entry, Attribute.name);
      return address !== undefined && typeof name === 'string' ? [{ name, address, type: this.typeBehind(entry) }] : [];
    });
    return this.globalsFound;
  }

  private index(roots: readonly Entry[]): void {
    const pending = [...roots].reverse();
    for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
      this.entries.set(entry.offset, entry);
      this.note(entry);
      for (let child = entry.children.length - 1; child >= 0; child--) pending.push(entry.children[child] as Entry);
    }
  }

  private note(entry: Entry): void {
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
  }

  private addressOf(entry: Entry): number | undefined {
    const location = entry.values.get(Attribute.location) as Uint8Array;
    if (location[0] === OP_ADDR && location.length === 5) return new Cursor(location, 1).u32();
    // An index needs its unit's table; with one unit, as after optimisation at link time, the table begins behind its header.
    if (location[0] !== OP_ADDRX) return undefined;
    const base = Number(root(entry).values.get(Attribute.addrBase) ?? 8);
    return this.sections.number('.debug_addr', base + 4 * new Cursor(location, 1).uleb());
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
    for (let at: Entry | undefined = place; at !== undefined && at.tag !== Tag.compileUnit && names.length < DEEPEST; at = at.parent) {
      const name = this.attribute(at, Attribute.name);
      if (typeof name === 'string') names.unshift(name);
    }
    return names.length > 0 ? names.join('::') : undefined;
  }

  private typeBehind(entry: Entry): Type | undefined {
    const found = this.typeEntryBehind(entry);
    return found && this.typeOf(found);
  }

  private typeEntryBehind(entry: Entry): Entry | undefined {
    const reference = this.attribute(entry, Attribute.type);
    return typeof reference === 'number' ? this.entries.get(reference) : undefined;
  }

  private typeOf(entry: Entry): Type {
    const known = this.types.get(entry);
    if (known !== undefined) return known;
    const type = this.newType(entry);
    this.types.set(entry, type);
    return type;
  }

  private newType(given: Entry): Type {
    let entry: Entry | undefined = given;
    for (let depth = 0; entry !== undefined && isOtherName(entry); depth++) {
      if (depth === DEEPEST) return NO_TYPE; // as is a type that is defined by itself
      entry = this.typeEntryBehind(entry);
    }
    if (entry === undefined) return NO_TYPE;
    if (entry !== given) return this.typeOf(entry);
    const { tag, values, children } = entry;
    const size = values.get(Attribute.byteSize);
    return new LazyType(
      nameOf(entry),
      typeof size === 'number' ? size : undefined,
      () => children.flatMap((child) => this.memberOf(child)).slice(0, MOST_MEMBERS),
      () => (tag === Tag.pointerType || tag === Tag.referenceType ? this.typeBehind(given) : undefined),
    );
  }

  private memberOf(entry: Entry): Member[] {
    const offset = entry.values.get(Attribute.dataMemberLocation);
    if ((entry.tag !== Tag.member && entry.tag !== Tag.inheritance) || (offset !== undefined && typeof offset !== 'number')) return [];
    const name = entry.values.get(Attribute.name);
    return [{ name: typeof name === 'string' ? name : '', offset: offset ?? 0, type: this.typeBehind(entry) }];
  }
}

/** Whether a type is another one, by another name or with `const` before it. */
function isOtherName({ tag }: Entry): boolean {
  return tag === Tag.constType || tag === Tag.volatileType || tag === Tag.typedef;
}

/** A type's name, within the classes that it is in. */
function nameOf(entry: Entry): string {
  const names: string[] = [];
  let at: Entry | undefined = entry;
  do {
    const name = at.values.get(Attribute.name);
    names.unshift(typeof name === 'string' ? name : '');
    at = at.parent;
  } while (at !== undefined && (at.tag === Tag.structureType || at.tag === Tag.classType) && names.length < DEEPEST);
  return names.join('::');
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
