import type { BoardPart } from '../kinds/index.js';
import { type PartEvents, PartView } from './part.js';

/** A part that is made to sense something, which the emulator is told by name. */
export abstract class SensorView extends PartView {
  private readonly id: string;

  /** @param values what it senses until somebody changes it */
  constructor(part: BoardPart, events: PartEvents, private values: Readonly<Record<string, number>>) {
    super(part, events);
    this.id = part.id;
  }

  override connect(): void {
    this.events.send({ kind: 'sense', id: this.id, values: this.values });
  }

  protected change(values: Readonly<Record<string, number>>): void {
    this.values = { ...this.values, ...values };
    this.connect();
  }

  /** A box to tick that unplugs the part, and plugs it in again. */
  protected plug(): HTMLLabelElement {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = true;
    box.addEventListener('change', () => this.change({ plugged: box.checked ? 1 : 0 }));
    label.className = 'part-plug';
    label.append(box, 'Plugged in');
    return label;
  }
}
