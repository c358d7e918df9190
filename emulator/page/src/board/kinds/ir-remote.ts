import { GND, type Key, type Part, type SimulatedKind, V3 } from './kind.js';

/** A demodulator for infrared light, and the small remote control of many kits that points at it. */
export interface IrRemotePart extends Part {
  readonly type: 'ir_remote';
  readonly pin: number;
  /** Whether the keyboard's digits, plus and minus press those of the same name. */
  readonly keys: boolean;
}

/** A key of the remote control. */
export interface IrKey {
  /** What is printed on it. */
  readonly text: string;
  /** What it is called. */
  readonly name: string;
  readonly command: number;
}

const key = (text: string, command: number, name = text): IrKey => ({ text, name, command });

/** Its keys, row by row. */
export const IR_KEYS: readonly IrKey[] = [
  key('CH−', 0x45), key('CH', 0x46), key('CH+', 0x47),
  key('|<<', 0x44, 'Previous'), key('>>|', 0x40, 'Next'), key('>||', 0x43, 'Play'),
  key('−', 0x07, 'Minus'), key('+', 0x15, 'Plus'), key('EQ', 0x09),
  key('0', 0x16), key('100+', 0x19), key('200+', 0x0d),
  key('1', 0x0c), key('2', 0x18), key('3', 0x5e),
  key('4', 0x08), key('5', 0x1c), key('6', 0x5a),
  key('7', 0x42), key('8', 0x52), key('9', 0x4a),
];

export const IR_REMOTE: SimulatedKind<IrRemotePart> = {
  title: 'Remote control',
  label: 'Remote',
  color: 'red',
  terminals: [{ field: 'pin', name: 'OUT' }, GND, V3],
  fields: ['keys'],
  isSimulated: true,
  keys: ({ keys }) => (keys ? IR_KEYS.flatMap((irKey) => irKeyboardKey(irKey) ?? []) : []),
  read: (part) => ({ pin: part.pin('pin'), keys: part.flag('keys') }),
};

/** The key of the keyboard for one of the remote control. */
export function irKeyboardKey({ text }: IrKey): Key | undefined {
  if (text === '−') return '-';
  return text.length === 1 && '0123456789+'.includes(text) ? text : undefined;
}
