import '@wokwi/elements/dist/esm/membrane-keypad-element.js';
import type { MembraneKeypadElement } from '@wokwi/elements/dist/esm/membrane-keypad-element.js';
import { keyboardKey, KEYPAD_KEYS, type KeypadPart } from '../kinds/keypad.js';
import { HoldButton } from './hold.js';
import { type PartEvents, PartView, picture, scaled } from './part.js';

const SCALE = 0.76;
/** Of the picture, which is drawn in millimetres: its size, where its keys begin, and how large they are. */
const MILLIMETRE = 96 / 25.4;
const SIZE = { width: 70.336, height: 76 } as const;
const ROWS = [10.7, 25, 39.3, 53.6];
const COLUMNS = [7, 22, 37, 52];
const KEY = 11.2;

/** Sixteen keys in a matrix. */
export class KeypadView extends PartView {
  readonly width = 220;
  readonly height = 266;
  override readonly buttons: readonly HoldButton[];

  private readonly id: string;

  constructor(part: KeypadPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    const image = picture<MembraneKeypadElement>('wokwi-membrane-keypad', {});
    const pad = scaled(image, SIZE.width * MILLIMETRE, SIZE.height * MILLIMETRE, SCALE);
    this.buttons = KEYPAD_KEYS.flatMap((names, row) => names.map((name, column) => this.button(name, ROWS[row] as number, COLUMNS[column] as number, part.keys)));
    pad.append(...this.buttons.map(({ element }) => element));
    this.build(part.label, pad);
  }

  /** The picture has the key, so all that is to be seen of the button is that it is down. */
  private button(name: string, row: number, column: number, hasKey: boolean): HoldButton {
    const button = new HoldButton(`Key ${name}`, (isDown) => this.events.send({ kind: 'sense', id: this.id, values: { [name]: isDown ? 1 : 0 } }), hasKey ? keyboardKey(name) : undefined);
    const { element } = button;
    element.classList.add('keypad-key');
    const pixels = (millimetres: number): string => `${(millimetres * MILLIMETRE * SCALE).toFixed(1)}px`;
    Object.assign(element.style, { left: pixels(column), top: pixels(row), width: pixels(KEY), height: pixels(KEY) });
    return button;
  }
}
