import type { Edge } from '../../src/board/events.js';
import { Pico } from '../../src/board/pico.js';
import type { Image } from '../../src/firmware/image.js';
import { SymbolTable } from '../../src/firmware/symbols.js';
import { type Code, flatten } from './thumb.js';

export const FLASH = 0x10000000;
export const STACK_TOP = 0x20042000;
export const HARD_FAULT = 3;
export const SYSTICK = 15;
/** Exception number of an interrupt. */
export const irq = (number: number): number => 16 + number;

const VECTORS = 48;
/** Where `main` starts in flash. */
export const MAIN = FLASH + 4 * VECTORS;

/** A firmware for flash: a vector table, `main`, and handlers of exceptions by their number. */
export function flashBytes(main: Code, handlers: Record<number, Code> = {}, base = FLASH): Uint8Array {
  const vectors = new Uint32Array(VECTORS);
  const code: number[] = [];
  const place = (part: Code): number => {
    const address = base + 4 * VECTORS + 2 * code.length;
    code.push(...flatten(part));
    return address | 1;
  };
  vectors[0] = STACK_TOP;
  vectors[1] = place(main);
  for (const [number, handler] of Object.entries(handlers)) vectors[Number(number)] = place(handler);
  const bytes = new Uint8Array(4 * VECTORS + 2 * code.length);
  bytes.set(new Uint8Array(vectors.buffer));
  bytes.set(new Uint8Array(Uint16Array.from(code).buffer), 4 * VECTORS);
  return bytes;
}

/** The same as an image. */
export function program(main: Code, handlers: Record<number, Code> = {}): Image {
  return { segments: [{ address: FLASH, bytes: flashBytes(main, handlers) }], symbols: new SymbolTable([]), objects: new SymbolTable([]), words: new Uint8Array(), debug: undefined };
}

/** A Pico with everything that it shows. */
export class Bench {
  readonly edges: Edge[] = [];
  readonly pico: Pico;
  private text = '';

  constructor(main: Code | Image, handlers: Record<number, Code> = {}) {
    this.pico = new Pico(isImage(main) ? main : program(main, handlers), {
      onEdge: (edge) => this.edges.push(edge),
      onConsoleLine: ({ bytes }) => (this.text += new TextDecoder().decode(bytes)),
    });
  }

  /** Runs to the end, or to a time that no test needs to reach. */
  run(untilNanos = 1e9): this {
    this.pico.run(untilNanos);
    return this;
  }

  /** What was printed so far. */
  get trace(): string {
    this.pico.flushConsole();
    return this.text;
  }

  /** How it ended; `'time'` if it did not. */
  get ending(): string {
    return this.pico.ending?.kind ?? 'time';
  }

  /** The times of a pin's edges. */
  edgesOf(pin: number): number[] {
    return this.edges.filter((edge) => edge.pin === pin).map(({ nanos }) => nanos);
  }
}

function isImage(main: Code | Image): main is Image {
  return typeof main === 'object' && 'segments' in main;
}
