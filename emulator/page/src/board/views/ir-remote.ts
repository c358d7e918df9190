import { IR_KEYS, type IrKey, irKeyboardKey, type IrRemotePart } from '../kinds/ir-remote.js';
import { HoldButton } from './hold.js';
import { type PartEvents, PartView } from './part.js';

/** A remote control, whose keys are held. */
export class IrRemoteView extends PartView {
  readonly width = 150;
  readonly height = 290;
  override readonly buttons: readonly HoldButton[];

  private readonly id: string;

  constructor(part: IrRemotePart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    this.buttons = IR_KEYS.map((key) => this.button(key, part.keys));
    const pad = document.createElement('div');
    pad.className = 'ir-keys';
    pad.append(...this.buttons.map(({ element }) => element));
    this.build(part.label, pad);
  }

  private button(key: IrKey, hasKey: boolean): HoldButton {
    const button = new HoldButton(`Key ${key.name}`, (isDown) => this.events.send({ kind: 'sense', id: this.id, values: { [key.name]: isDown ? 1 : 0 } }), hasKey ? irKeyboardKey(key) : undefined);
    button.element.classList.add('plain');
    button.element.append(key.text);
    return button;
  }
}
