import type { Key, Part, SimulatedKind } from './kind.js';

/** A matrix of sixteen keys, each between the pin of its row and that of its column. */
export interface KeypadPart extends Part {
  readonly type: 'keypad';
  readonly r1: number;
  readonly r2: number;
  readonly r3: number;
  readonly r4: number;
  readonly c1: number;
  readonly c2: number;
  readonly c3: number;
  readonly c4: number;
  /** Whether the keyboard's keys press those of the same name. */
  readonly keys: boolean;
}

/** What is printed on the keys, row by row. */
export const KEYPAD_KEYS: readonly (readonly string[])[] = ['123A', '456B', '789C', '*0#D'].map((row) => [...row]);

const ROWS = ['r1', 'r2', 'r3', 'r4'] as const;
const COLUMNS = ['c1', 'c2', 'c3', 'c4'] as const;

export const KEYPAD: SimulatedKind<KeypadPart> = {
  title: 'Keypad',
  label: 'Keypad',
  color: 'purple',
  terminals: [...ROWS, ...COLUMNS].map((field) => ({ field, name: field.toUpperCase() })),
  fields: ['keys'],
  isSimulated: true,
  keys: ({ keys }) => (keys ? KEYPAD_KEYS.flat().map(keyboardKey) : []),
  read(part) {
    const [r1, r2, r3, r4] = [part.pin('r1'), part.pin('r2'), part.pin('r3'), part.pin('r4')];
    const [c1, c2, c3, c4] = [part.pin('c1'), part.pin('c2'), part.pin('c3'), part.pin('c4')];
    return { r1, r2, r3, r4, c1, c2, c3, c4, keys: part.flag('keys') };
  },
};

/** The pins of the rows, from the top. */
export function rowsOf(part: KeypadPart): readonly number[] {
  return ROWS.map((row) => part[row]);
}

/** The pins of the columns, from the left. */
export function columnsOf(part: KeypadPart): readonly number[] {
  return COLUMNS.map((column) => part[column]);
}

/** The key of the keyboard for a key of the keypad. */
export function keyboardKey(name: string): Key {
  return name.toLowerCase();
}
