import { hex } from '../hex.js';

/** A function or an object of a firmware. */
export interface Symbol {
  readonly address: number;
  readonly size: number;
  readonly name: string;
}

/** The functions, or the objects, of a firmware by address. */
export class SymbolTable {
  /** By address. */
  readonly all: readonly Symbol[];

  constructor(symbols: readonly Symbol[]) {
    this.all = [...symbols].sort((a, b) => a.address - b.address);
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  /** The name of what holds an address, with the distance from its start; undefined where none is known. */
  nameAt(address: number): string | undefined {
    const found = this.at(address);
    if (found === undefined) return undefined;
    const offset = address - found.address;
    return readableName(found.name) + (offset ? `+0x${offset.toString(16)}` : '');
  }

  /** What holds an address. */
  at(address: number): Symbol | undefined {
    let [low, high] = [0, this.all.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.all[middle] as Symbol).address <= address) low = middle + 1;
      else high = middle;
    }
    // A function written in assembly has no size; it reaches to the next one.
    const found = this.all[low - 1];
    return found && (found.size === 0 || address < found.address + found.size) ? found : undefined;
  }

  /** Where something is, by the name that the linker knows. */
  addressOf(name: string): number | undefined {
    return this.all.find((symbol) => symbol.name === name)?.address;
  }
}

/**
 * Turns the mangled name of a plain C++ function, `_ZN6uasync3runEv`, into `uasync::run`, without its arguments.
 * Any name that is more complicated stays as it is.
 */
export function readableName(mangled: string): string {
  const suffix = /\.[\w.]+$/.exec(mangled)?.[0] ?? ''; // .actor, .constprop.0: which part or clone of the function
  let rest = mangled.slice(0, mangled.length - suffix.length);
  if (!rest.startsWith('_Z')) return mangled;
  rest = rest.slice(2);
  const nested = /^N[rVK]*/.exec(rest);
  if (nested) rest = rest.slice(nested[0].length);
  rest = rest.replace(/^L/, '');
  const parts: string[] = [];
  for (let length = /^\d+/.exec(rest); length; length = /^\d+/.exec(rest)) {
    const start = length[0].length;
    const end = start + Number(length[0]);
    parts.push(rest.slice(start, end).replace(/^_GLOBAL__N_1$/, '(anonymous)'));
    rest = rest.slice(end);
    if (!nested) break;
  }
  const isPlain = parts.length > 0 && (!nested || rest.startsWith('E'));
  return isPlain ? parts.join('::') + suffix : mangled;
}

/** "at PC 0x10000234 (main+0x12), LR 0x10000101 (reset)". */
export function describePlace(pc: number, lr: number, symbols: SymbolTable): string {
  return `at ${describeRegister('PC', pc, symbols)}, ${describeRegister('LR', lr, symbols)}`;
}

/** "LR 0x10000101 (reset)". */
export function describeRegister(register: string, value: number, symbols: SymbolTable): string {
  const name = symbols.nameAt((value & ~1) >>> 0); // bit 0 marks Thumb code
  return `${register} ${hex(value)}${name === undefined ? '' : ` (${name})`}`;
}
