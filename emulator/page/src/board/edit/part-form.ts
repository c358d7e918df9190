import { type BoardPart, kindOf } from '../kinds/index.js';
import { COLOR_NAMES, type Fields, KEY_NAMES } from '../board-reader.js';
import type { BoardDraft } from './board-draft.js';
import { type Input, inputsOf, valueOf } from './part-fields.js';
import { connectionsOf, nameOf } from './pin-search.js';

/** What somebody asks for in the form. */
export interface FormEvents {
  /** @param value as the board file has it; undefined for the default */
  set(field: string, value: unknown): void;
  /** @param gpio undefined for an optional terminal that is to be left open */
  connect(field: string, gpio: number | undefined): void;
  remove(): void;
  /** Somebody goes from one control to another. */
  leave(): void;
}

type Control = HTMLInputElement | HTMLSelectElement;

const KEYS_LIST = 'board-keys';

/** The fields of a part: its label and colour, a list of pins for each terminal, and what else its type has. */
export class PartForm {
  readonly element = document.createElement('div');

  private readonly controls = new Map<string, Control>();
  private readonly refusal = document.createElement('p');
  /** Whose fields there are. */
  private shown = '';

  constructor(private readonly events: FormEvents) {
    this.element.className = 'part-form';
    this.element.setAttribute('role', 'group');
    this.refusal.id = 'board-refusal';
    this.refusal.setAttribute('role', 'alert');
    this.element.addEventListener('focusout', () => events.leave());
    // Esc takes back what is typed, before it means anything else.
    this.element.addEventListener('keydown', (event) => {
      const { target, key } = event;
      if (key !== 'Escape' || !(target instanceof HTMLInputElement) || target.type === 'checkbox' || target.value === target.dataset['value']) return;
      event.stopPropagation();
      this.forgive();
      target.value = target.dataset['value'] ?? '';
    });
  }

  /** Shows a part as it is. Controls that are there already stay, with the focus if they have it. */
  show(draft: BoardDraft, part: BoardPart | undefined): void {
    this.element.hidden = part === undefined;
    this.forgive();
    const wanted = part === undefined ? '' : `${part.type} ${part.id}`;
    if (wanted !== this.shown) {
      this.shown = wanted;
      this.build(part);
    }
    if (part !== undefined) this.update(draft, part);
  }

  /** Tells beside a field why its change was not made. What was typed stays, to be mended. */
  refuse(field: string, message: string): void {
    const control = this.controls.get(field);
    control?.setAttribute('aria-invalid', 'true');
    control?.setAttribute('aria-describedby', this.refusal.id);
    this.refusal.textContent = message;
    control?.closest('label')?.after(this.refusal);
  }

  private forgive(): void {
    this.refusal.remove();
    for (const control of this.controls.values()) {
      control.removeAttribute('aria-invalid');
      control.removeAttribute('aria-describedby');
    }
  }

  private build(part: BoardPart | undefined): void {
    this.controls.clear();
    this.element.replaceChildren();
    if (part === undefined) return;
    this.text('label', 'Label', 24);
    this.add('color', 'Colour', document.createElement('select'), (value) => this.events.set('color', value));
    for (const { field, name } of connectionsOf(part.type)) {
      this.add(field, name ?? titleOf(field), document.createElement('select'), (value) => this.events.connect(field, value === '' ? undefined : Number(value)));
    }
    for (const [field, input] of inputsOf(part)) this.addInput(field, input);
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.textContent = 'Remove';
    remove.title = 'Take the part off the board (Delete)';
    remove.addEventListener('click', () => this.events.remove());
    this.element.append(remove);
  }

  private addInput(field: string, input: Input): void {
    const set = (value: unknown): void => this.events.set(field, value === '' ? undefined : value);
    if (input.kind === 'choice') {
      const select = document.createElement('select');
      select.append(...input.choices.map((choice) => new Option(choice, choice)));
      this.add(field, titleOf(field), select, set);
    } else if (input.kind === 'flag') {
      const box = document.createElement('input');
      box.type = 'checkbox';
      this.add(field, titleOf(field), box, () => set(box.checked));
    } else if (input.kind === 'number') {
      const box = document.createElement('input');
      box.type = 'number';
      box.min = String(input.least ?? '');
      box.max = String(input.most ?? '');
      box.step = String(input.step);
      this.add(field, titleOf(field), box, (value) => set(value === '' ? '' : Number(value)));
    } else {
      const box = this.text(field, titleOf(field), 24);
      if (input.kind !== 'key') return;
      box.setAttribute('list', KEYS_LIST);
      box.title = `A character, or one of ${KEY_NAMES.join(', ')}`;
      const list = document.createElement('datalist');
      list.id = KEYS_LIST;
      list.append(...KEY_NAMES.map((name) => new Option(name, name)));
      this.element.append(list);
    }
  }

  private text(field: string, title: string, longest: number): HTMLInputElement {
    const box = document.createElement('input');
    box.type = 'text';
    box.size = 12;
    box.maxLength = longest;
    box.autocomplete = 'off';
    box.spellcheck = false;
    this.add(field, title, box, (value) => this.events.set(field, value === '' ? undefined : value));
    return box;
  }

  private add(field: string, title: string, control: Control, onChange: (value: string) => void): void {
    const label = document.createElement('label');
    const name = document.createElement('span');
    name.textContent = title;
    control.name = field;
    control.addEventListener('change', () => onChange(control.value));
    label.append(name, control);
    this.controls.set(field, control);
    this.element.append(label);
  }

  private update(draft: BoardDraft, part: BoardPart): void {
    const fields = draft.fields(part.id);
    this.element.setAttribute('aria-label', `${part.label}, ${kindOf(part.type).title}`);
    for (const { field, isOptional } of connectionsOf(part.type)) {
      const choices = draft.choices(part.id, field).map(({ gpio, part: possible, reason }) => {
        const option = new Option(possible === undefined ? reason : nameOf(gpio), String(gpio));
        option.disabled = possible === undefined;
        return option;
      });
      this.controls.get(field)?.replaceChildren(...(isOptional === true ? [new Option('not connected', '')] : []), ...choices);
    }
    const color = this.controls.get('color');
    const named = COLOR_NAMES.map((name) => new Option(name, name));
    const own = colorOf(part, fields);
    color?.replaceChildren(...named, ...(COLOR_NAMES.includes(own) ? [] : [new Option(own, own)]));
    for (const [field, control] of this.controls) this.fill(control, field === 'color' ? own : valueOf(part, fields, field));
  }

  private fill(control: Control, value: unknown): void {
    if (control instanceof HTMLInputElement && control.type === 'checkbox') {
      control.checked = value === true;
      return;
    }
    const text = typeof value === 'string' && /^GP\d+$/i.test(value) && control instanceof HTMLSelectElement ? value.slice(2) : String(value ?? '');
    control.value = control.dataset['value'] = text;
  }
}

/** A colour as the board file has it, or would have it. */
function colorOf({ type }: BoardPart, fields: Fields): string {
  return typeof fields['color'] === 'string' ? fields['color'] : kindOf(type).color;
}

function titleOf(field: string): string {
  return `${field.slice(0, 1).toUpperCase()}${field.slice(1)}`;
}
