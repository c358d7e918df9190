import type { Fields, PartReader } from '../board-reader.js';
import { type BoardPart, kindOf, type PartType } from '../kinds/index.js';

/** How somebody gives the value of a field that is no pin. */
export type Input =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'number'; readonly least?: number; readonly most?: number; readonly step: number | 'any' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'key' }
  | { readonly kind: 'text' };

/** What the table of kinds does not say is found by having a kind read a part, and looking at what it asks for. */
const INPUTS: Readonly<Record<string, (...args: never[]) => Input>> = {
  oneOf: (_field: string, choices: readonly string[]) => ({ kind: 'choice', choices }),
  count: (_field: string, most: number) => ({ kind: 'number', least: 1, most, step: 1 }),
  share: () => ({ kind: 'number', least: 0, most: 1, step: 0.05 }),
};

/** The fields of a type that are no pins, and how each is given. */
export function inputsOf(part: BoardPart): ReadonlyMap<string, Input> {
  const asked = askedInputs(part.type);
  return new Map((kindOf(part.type).fields ?? []).map((field) => [field, asked.get(field) ?? inputFor((part as unknown as Fields)[field])]));
}

/** The addresses on a bus that a part of this type may have, as the board file has them. */
export function addressesOf(type: PartType): readonly string[] {
  const input = askedInputs(type).get('address');
  return input?.kind === 'choice' ? input.choices : [];
}

/** The value of a field as the board file has it, or would have it where it is left to its default. */
export function valueOf(part: BoardPart, fields: Fields, field: string): unknown {
  const value = Object.hasOwn(fields, field) ? fields[field] : (part as unknown as Fields)[field];
  return field === 'address' && typeof value === 'number' ? hex(value) : value;
}

function askedInputs(type: PartType): ReadonlyMap<string, Input> {
  const inputs = new Map<string, Input>();
  const ask = (method: string, args: readonly unknown[]): unknown => {
    const [first] = args;
    if (method === 'has') return true;
    if (method === 'error') return new Error(String(args[1]));
    if (method === 'key') inputs.set('key', { kind: 'key' });
    if (method === 'i2c') inputs.set('address', { kind: 'choice', choices: (first as readonly number[]).map(hex) });
    const input = INPUTS[method];
    if (input !== undefined) inputs.set(String(first), input(...(args as never[])));
    return method === 'i2c' ? {} : undefined;
  };
  kindOf(type).read(new Proxy({}, { get: (_, method) => (...args: unknown[]) => ask(String(method), args) }) as PartReader);
  return inputs;
}

/** For a field that is read in a way not known here: by what was read. */
function inputFor(value: unknown): Input {
  if (typeof value === 'number') return { kind: 'number', step: 'any' };
  return { kind: typeof value === 'boolean' ? 'flag' : 'text' };
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
