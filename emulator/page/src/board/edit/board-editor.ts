import type { GivenBoard } from '../../files.js';
import { save } from '../../instruments/save.js';
import type { Board } from '../board-file.js';
import { BoardError } from '../board-reader.js';
import { kindOf, PART_TYPES, type PartType, simulatedOf } from '../kinds/index.js';
import { BoardDraft } from './board-draft.js';
import { isSame } from './own-boards.js';
import { PartForm } from './part-form.js';
import { connectionsOf, nameOf } from './pin-search.js';
import { type WireStart, Wiring } from './wiring.js';

export interface BoardEditorEvents {
  /**
   * The board was changed, and is to be shown.
   *
   * @param isPowerOn whether it is to be switched off and on, as a part takes effect only then
   */
  onChange(board: GivenBoard, isPowerOn: boolean): void;
}

/** Adds parts to the board that is shown, wires them and removes them. */
export class BoardEditor {
  private readonly toggle = element<HTMLButtonElement>('edit-board');
  private readonly panel = element('board-editor');
  private readonly type = element<HTMLSelectElement>('part-type');
  private readonly choice = element<HTMLSelectElement>('part-choice');
  private readonly undoButton = element<HTMLButtonElement>('board-undo');
  private readonly redoButton = element<HTMLButtonElement>('board-redo');
  private readonly anewButton = element<HTMLButtonElement>('board-anew');
  private readonly status = element('board-state');
  private readonly form: PartForm;
  private readonly wiring: Wiring;
  private draft = new BoardDraft('{ "parts": [] }');
  private program = '';
  private own: GivenBoard | undefined;
  private selected = '';
  private isOpen = false;

  /** @param board shows it */
  constructor(private readonly board: HTMLElement, private readonly events: BoardEditorEvents) {
    this.form = new PartForm({
      set: (field, value) => this.changeField(field, () => this.set(field, value)),
      connect: (field, gpio) => this.changeField(field, () => (gpio === undefined ? this.set(field, undefined) : this.connect({ id: this.selected, field }, gpio))),
      remove: () => this.remove(this.selected),
      leave: () => this.draft.endStep(),
    });
    element('part-form').replaceWith(this.form.element);
    this.wiring = new Wiring(board, {
      begin: ({ id, field }) => (this.select(id), this.draft.choices(id, field)),
      connect: (start, gpio) => this.change(() => this.connect(start, gpio)),
      refuse: (reason) => this.tell(`${reason}.`, true),
    });
    this.type.append(...PART_TYPES.map((type) => new Option(kindOf(type).title, type)));
    this.listen();
  }

  /**
   * A board is shown.
   *
   * @param program that is on it
   * @param own the program's own board
   */
  show(program: string, board: GivenBoard, own: GivenBoard): void {
    this.own = own;
    this.wiring.end();
    if (program !== this.program) {
      this.program = program;
      this.draft = new BoardDraft(board.text);
      this.tell('');
    } else if (!isSame(board.board, this.draft.board)) {
      // One that says the same in other words would be a step more, which nobody could take back.
      this.draft.replace(board.text);
    }
    this.refresh();
  }

  private listen(): void {
    this.toggle.addEventListener('click', () => this.open(!this.isOpen));
    element('part-add').addEventListener('click', () => this.add());
    this.choice.addEventListener('change', () => this.select(this.choice.value));
    this.undoButton.addEventListener('click', () => this.undo());
    this.redoButton.addEventListener('click', () => this.redo());
    this.anewButton.addEventListener('click', () => this.startAnew());
    element('board-save').addEventListener('click', () => this.save());
    for (const event of ['focusin', 'pointerdown']) {
      this.board.addEventListener(event, ({ target }) => {
        if (this.isOpen && target instanceof Element) this.select(partOf(target) ?? this.selected);
      });
    }
    document.addEventListener('keydown', (event) => this.onKey(event));
  }

  private open(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.panel.hidden = !isOpen;
    this.toggle.setAttribute('aria-pressed', String(isOpen));
    this.board.classList.toggle('editing', isOpen);
    this.wiring.isEnabled = isOpen;
    this.tell('');
    this.refresh();
  }

  // What the user does ---------------------------------------------------------------------------------------------------------------

  /**
   * Makes a change, and tells of it. One that the board file does not allow is not made, and the reason is told.
   *
   * @param make does it, and says in words what it has done
   * @param field where the reason is told; with the state of the board without it
   */
  private change(make: () => string, field?: string): boolean {
    const before = this.draft.board;
    let words: string;
    try {
      words = make();
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      const text = `Not changed: ${error.message}.`;
      if (field === undefined) this.tell(text, true);
      else this.form.refuse(field, text);
      return false;
    }
    this.use(before, words);
    return true;
  }

  /** A change by the form: a list tells each of its items that somebody comes past. */
  private changeField(field: string, make: () => string): void {
    this.change(() => {
      let words = '';
      this.draft.together(`${this.selected} ${field}`, () => (words = make()));
      return words;
    }, field);
  }

  /** The draft has become another. */
  private use(before: Board, words: string): void {
    const { board, text } = this.draft;
    const isPowerOn = devicesOf(before) !== devicesOf(board);
    this.events.onChange({ name: this.program, board, text }, isPowerOn);
    this.tell(isPowerOn ? `${words} The board was reset, as this takes effect from power-on.`.trim() : words);
  }

  private add(): void {
    const type = this.type.value as PartType;
    this.change(() => {
      this.selected = this.draft.add(type);
      return `${kindOf(type).title} added on ${this.pinsOf(this.selected)}.`;
    });
  }

  private set(field: string, value: unknown): string {
    this.draft.set(this.selected, field, value);
    return '';
  }

  private connect({ id, field }: WireStart, gpio: number): string {
    const moved = this.draft.movedWith(id, field, gpio);
    this.draft.connect(id, field, gpio);
    const part = this.draft.part(id);
    const terminal = part && connectionsOf(part.type).find((connection) => connection.field === field)?.name;
    return `${part?.label ?? id}${terminal === undefined ? '' : ` ${terminal}`} is wired to ${nameOf(gpio)}${moved === '' ? '' : `, and ${moved}`}.`;
  }

  private remove(id: string): void {
    const { parts } = this.draft.board;
    const index = parts.findIndex((part) => part.id === id);
    const label = parts[index]?.label;
    if (label === undefined) return;
    const hadFocus = this.board.contains(document.activeElement);
    this.change(() => {
      this.draft.remove(id);
      return `${label} removed.`;
    });
    const next = this.draft.board.parts[Math.min(index, parts.length - 2)];
    this.select(next?.id ?? '');
    (next === undefined ? this.type : hadFocus ? this.elementOf(next.id) : this.choice)?.focus();
  }

  private undo(): void {
    if (this.draft.canUndo) this.turnTo(() => this.draft.undo(), 'Taken back.');
  }

  private redo(): void {
    if (this.draft.canRedo) this.turnTo(() => this.draft.redo(), 'Made again.');
  }

  private turnTo(turn: () => void, words: string): void {
    const before = this.draft.board;
    turn();
    this.use(before, words);
  }

  private startAnew(): void {
    const { own } = this;
    if (own !== undefined) this.turnTo(() => this.draft.replace(own.text), 'This is the program\'s own board.');
  }

  private save(): void {
    const name = `${this.program.replace(/\.(elf|uf2)$/i, '').replaceAll('/', '-')}.board.json`;
    save(name, 'application/json', this.draft.text);
    this.tell(`Saved as ${name}. Drop it on this page to have this board again.`);
  }

  private onKey(event: KeyboardEvent): void {
    const { target, key } = event;
    if (!this.isOpen || event.defaultPrevented || !(target instanceof Element)) return;
    const panel = this.panel.closest('section') as HTMLElement;
    if (target !== document.body && !panel.contains(target)) return;
    const wanted = this.meaningOf(event, target);
    if (wanted === undefined) return;
    event.preventDefault();
    wanted();
    if (key !== 'Escape' && document.activeElement === document.body) this.focusSelected();
  }

  private meaningOf(event: KeyboardEvent, target: Element): (() => void) | undefined {
    const { key, ctrlKey, metaKey, shiftKey, altKey } = event;
    const isTyping = target instanceof HTMLInputElement && ['text', 'number'].includes(target.type);
    if (key === 'Escape') return () => (this.wiring.isBusy ? this.wiring.end() : this.close());
    if (altKey) return undefined;
    if (ctrlKey || metaKey) {
      if (isTyping && target.value !== target.dataset['value']) return undefined; // the field takes back what is typed
      if (key.toLowerCase() === 'z') return () => (shiftKey ? this.redo() : this.undo());
      return key.toLowerCase() === 'y' ? () => this.redo() : undefined;
    }
    const part = partOf(target);
    const isOnPart = target instanceof HTMLElement && target.dataset['part'] !== undefined;
    return part !== undefined && (key === 'Delete' || (key === 'Backspace' && isOnPart)) ? () => this.remove(part) : undefined;
  }

  private close(): void {
    this.open(false);
    this.toggle.focus();
  }

  private select(id: string): void {
    if (id === this.selected) return;
    this.selected = id;
    this.refresh();
  }

  // What is shown --------------------------------------------------------------------------------------------------------------------

  private refresh(): void {
    const { draft, own } = this;
    const { parts } = draft.board;
    if (draft.part(this.selected) === undefined) this.selected = parts[0]?.id ?? '';
    for (const part of this.board.querySelectorAll<HTMLElement>('.part')) {
      const isSelected = this.isOpen && part.dataset['part'] === this.selected;
      part.classList.toggle('selected', isSelected);
      if (this.isOpen) part.tabIndex = 0;
      else part.removeAttribute('tabindex');
    }
    if (!this.isOpen) return;
    this.choice.replaceChildren(...parts.map(({ id, label }) => new Option(label === id ? label : `${label} (${id})`, id)));
    this.choice.value = this.selected;
    this.choice.disabled = parts.length === 0;
    this.form.show(draft, draft.part(this.selected));
    this.undoButton.disabled = !draft.canUndo;
    this.redoButton.disabled = !draft.canRedo;
    this.anewButton.disabled = own === undefined || isSame(own.board, draft.board);
  }

  private tell(text: string, failed = false): void {
    this.status.textContent = text;
    this.status.dataset['kind'] = failed ? 'failed' : '';
  }

  private pinsOf(id: string): string {
    const part = this.draft.part(id);
    const fields = this.draft.fields(id);
    return part === undefined ? '' : connectionsOf(part.type).map(({ field }) => String(fields[field])).join(', ');
  }

  private elementOf(id: string): HTMLElement | null {
    return this.board.querySelector<HTMLElement>(`.part[data-part="${CSS.escape(id)}"]`);
  }

  /** What had the focus is not there any more. */
  private focusSelected(): void {
    (this.elementOf(this.selected) ?? this.type).focus();
  }
}

/** What the emulator has to be told of at power-on: all but how it looks. */
function devicesOf({ parts }: Board): string {
  return JSON.stringify(simulatedOf(parts).map(({ label: _label, color: _color, ...device }) => device));
}

/** The part that an element of the board belongs to. */
function partOf(target: Element): string | undefined {
  return target.closest<HTMLElement>('[data-part]')?.dataset['part'];
}

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}
