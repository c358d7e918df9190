import type { Member, Type } from '../firmware/dwarf/debug-info.js';
import type { Image } from '../firmware/image.js';
import { type Symbol, readableName } from '../firmware/symbols.js';
import type { SourcePlace } from './model.js';
import { findFirstByte, findStores } from './suspension.js';

/** Larger than any coroutine, and than all of a firmware together: whatever claims to be that is damaged. */
const LARGEST_FUNCTION = 0x10000;
const MOST_CODE = 0x80000;

/** An awaiter that a frame keeps, with its number in the order of the source. */
interface Awaiter {
  readonly order: number;
  readonly member: Member;
}

/** What is known of a coroutine function from its code and debug information; the same for all its frames. */
export interface Coroutine {
  /** The function's name, `blink`, or the address of its code. */
  readonly name: string;
  /** Its frames' layout; undefined without debug information. */
  readonly frame: Type | undefined;
  /** Where in a frame the number of the await is, and in how many bytes. */
  readonly index: { readonly offset: number; readonly width: 1 | 2 | 4 } | undefined;
  readonly code: Symbol | undefined;
  readonly compiler: 'gcc' | 'clang';
}

/** The coroutine functions of an image, by the function that resumes them: the first word of every frame. */
export class Coroutines {
  private readonly known = new Map<number, Coroutine>();
  private readonly stores = new Map<Coroutine, ReturnType<typeof findStores>>();
  private readonly awaiters = new Map<Coroutine, readonly Awaiter[]>();
  private readonly places = new Map<string, SourcePlace | undefined>();
  /** How many bytes of code may still be followed. */
  private codeLeft = MOST_CODE;

  constructor(
    private readonly image: Image,
    /** Bytes of the flash or RAM. */
    private readonly bytes: (address: number, length: number) => Uint8Array | undefined,
  ) {}

  /** @param resume the address of the resuming function, as it is in a frame */
  at(resume: number): Coroutine {
    const known = this.known.get(resume);
    if (known !== undefined) return known;
    const found = this.find((resume & ~1) >>> 0);
    this.known.set(resume, found);
    return found;
  }

  /** Whether an address is in the code of a coroutine. */
  isCode(address: number): boolean {
    const name = this.image.symbols.at((address & ~1) >>> 0)?.name;
    return name !== undefined && /\.(actor|resume)$/.test(name);
  }

  /** The line of a coroutine to which an instruction belongs: of what is inlined there, the last line before it of its own. */
  placeAt(address: number): SourcePlace | undefined {
    const { debug, symbols } = this.image;
    const code = symbols.at(address);
    if (code === undefined || debug === undefined) return undefined;
    const own = debug.placeOf(code.address)?.file;
    for (let at = address; at >= Math.max(code.address, address - LARGEST_FUNCTION); at -= 2) {
      const place = debug.placeOf(at);
      if (place?.file === own) return place;
    }
    return undefined;
  }

  /** The `co_await` whose number a frame holds. */
  placeOf(coroutine: Coroutine, number: number): SourcePlace | undefined {
    const { code, index } = coroutine;
    const { debug } = this.image;
    if (code === undefined || index === undefined || debug === undefined) return undefined;
    const key = `${code.address}:${number}`;
    if (this.places.has(key)) return this.places.get(key);
    const stores = this.storesOf(coroutine, index).get(number) ?? [];
    const own = debug.placeOf(code.address)?.file;
    const places = stores.map((at) => debug.placeOf(code.address + at));
    const place = places.find((candidate) => candidate?.file === own) ?? places[0];
    this.places.set(key, place);
    return place;
  }

  /** The awaiter that a frame keeps for the await of this number. */
  awaiterOf(coroutine: Coroutine, number: number): Member | undefined {
    // GCC: even numbers, of which 2 is the start; awaiters are numbered as they are met in the source, in a lambda on from those around it.
    if (coroutine.compiler !== 'gcc' || number % 2 !== 0 || number < 4) return undefined;
    const awaiters = this.awaitersOf(coroutine);
    const wanted = (awaiters[0]?.order ?? 0) + number / 2 - 2;
    return awaiters.find(({ order }) => order === wanted)?.member;
  }

  private awaitersOf(coroutine: Coroutine): readonly Awaiter[] {
    const known = this.awaiters.get(coroutine);
    if (known !== undefined) return known;
    const found = (coroutine.frame?.members ?? []).flatMap((member) => {
      const match = /^Aw(\d+)_/.exec(member.name);
      return match ? [{ order: Number(match[1]), member }] : [];
    });
    found.sort((a, b) => a.order - b.order);
    this.awaiters.set(coroutine, found);
    return found;
  }

  private storesOf(coroutine: Coroutine, index: NonNullable<Coroutine['index']>): ReturnType<typeof findStores> {
    const known = this.stores.get(coroutine);
    if (known !== undefined) return known;
    const bytes = this.codeOf(coroutine.code);
    const found = bytes ? findStores(bytes, index.offset, index.width) : new Map<number, number[]>();
    this.stores.set(coroutine, found);
    return found;
  }

  /** The code of a function, to follow it. */
  private codeOf(code: Symbol | undefined): Uint8Array | undefined {
    if (code === undefined || code.size > Math.min(LARGEST_FUNCTION, this.codeLeft)) return undefined;
    this.codeLeft -= code.size;
    return this.bytes(code.address, code.size);
  }

  private find(address: number): Coroutine {
    const { symbols, debug } = this.image;
    const code = symbols.at(address);
    if (code === undefined) {
      return { name: `0x${address.toString(16)}`, frame: undefined, index: undefined, code, compiler: 'gcc' };
    }
    const compiler = code.name.endsWith('.resume') ? 'clang' : 'gcc';
    const linkageName = compiler === 'clang' ? code.name.slice(0, -'.resume'.length) : functionOfActor(code.name);
    const frame = debug?.structure(linkageName + (compiler === 'clang' ? '.coro_frame_ty' : '.Frame'));
    const field = frame?.members.find(({ name }) => name === '_Coro_resume_index' || name === '__coro_index');
    const width = field?.type?.size ?? 1;
    const bytes = compiler === 'clang' && field === undefined ? this.codeOf(code) : undefined;
    const first = bytes && findFirstByte(bytes);
    const given: Coroutine['index'] = field && (width === 1 || width === 2 || width === 4) ? { offset: field.offset, width } : undefined;
    return {
      name: withoutOperator(debug?.functionNameAt(code.address) ?? readableName(linkageName).replaceAll('(anonymous)::', '')),
      frame,
      index: given ?? (first === undefined ? undefined : { offset: first, width: 1 }),
      code,
      compiler,
    };
  }
}

/**
 * The coroutine function's linkage name, from that of the actor that GCC makes of it, `_Z5countPZ5countRiE16_Z5countRi.Frame.actor`: the
 * actor has the frame as its parameter, whose type is named after the coroutine.
 */
export function functionOfActor(actor: string): string {
  for (const match of actor.matchAll(/(\d+)(?=_Z)/g)) {
    const start = match.index + match[0].length;
    const name = actor.slice(start, start + Number(match[1]));
    if (name.endsWith('.Frame')) return name.slice(0, -'.Frame'.length);
  }
  return actor.replace(/\.(actor|resume).*$/, '');
}

/** A lambda is told by the function that it is in: `async_main::<lambda()>::operator()` becomes `lambda in async_main`. */
function withoutOperator(name: string): string {
  if (!name.endsWith('operator()')) return name;
  const around = name.split('::').filter((part) => /^[A-Za-z_]\w*$/.test(part) && !/^_?lambda/.test(part));
  return around.length > 0 ? `lambda in ${around.join('::')}` : 'lambda';
}
