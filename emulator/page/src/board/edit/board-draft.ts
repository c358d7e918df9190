import { type Board, parseBoard } from '../board-file.js';
import { BoardError, type Fields } from '../board-reader.js';
import { type BoardPart, kindOf, type PartType } from '../kinds/index.js';
import { connectionsOf, type PinChoice, PinSearch, reasonOf } from './pin-search.js';

/** A board file at a moment. */
interface State {
  readonly text: string;
  readonly board: Board;
  /** The parts as the file has them. */
  readonly fields: readonly Fields[];
}

const MOST_STEPS = 100;

/**
 * A board file that somebody edits. Each of its states is one that parseBoard() takes: a change that would make another throws a BoardError,
 * which says why in words for the user, and changes nothing.
 */
export class BoardDraft {
  private state: State;
  private past: readonly State[] = [];
  private future: readonly State[] = [];
  /** What the last step belongs to. */
  private key = '';

  /** @throws BoardError */
  constructor(text: string) {
    this.state = stateOf(text);
  }

  /** The board file. */
  get text(): string {
    return this.state.text;
  }

  get board(): Board {
    return this.state.board;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  part(id: string): BoardPart | undefined {
    return this.board.parts.find((part) => part.id === id);
  }

  /** A part as the file has it. */
  fields(id: string): Fields {
    return this.state.fields.find((fields) => fields['id'] === id) ?? {};
  }

  /** Adds a part with the first free pins that fit, and returns its name. */
  add(type: PartType): string {
    const id = this.freeId(type);
    this.become([...this.state.fields, new PinSearch(this.state.fields, type).wireNew({ id, type, ...kindOf(type).initial })]);
    return id;
  }

  remove(id: string): void {
    this.become(this.others(id));
  }

  /** Gives a field a value as the file has it; undefined leaves it to its default. */
  set(id: string, field: string, value: unknown): void {
    this.put(id, { ...this.fields(id), [field]: value });
  }

  /** Wires a terminal to a pin. The part's other wires go along where they have to. */
  connect(id: string, field: string, gpio: number): void {
    const choice = this.choice(id, field, gpio);
    if (choice.part === undefined) throw new BoardError(choice.reason);
    this.put(id, choice.part);
  }

  /** What becomes of each pin at the edge if a terminal is wired to it. */
  choices(id: string, field: string): readonly PinChoice[] {
    return this.searchFor(id).choices(this.fields(id), field);
  }

  /** The wires of a part that go along if a terminal is wired to a pin, in words; empty if none does. */
  movedWith(id: string, field: string, gpio: number): string {
    const part = this.part(id);
    const now = this.fields(id);
    const then = this.choice(id, field, gpio).part ?? now;
    const moved = part === undefined ? [] : connectionsOf(part.type).filter((other) => other.field !== field && now[other.field] !== then[other.field]);
    return moved.map((other) => `${other.name ?? other.field} to ${String(then[other.field])}`).join(', ');
  }

  /** Another board takes the place of this one, as one step. */
  replace(text: string): void {
    this.enter(stateOf(text));
  }

  /** Makes a change that is one step with those just before it that have the same key: as when somebody goes through a list with the arrow keys. */
  together(key: string, change: () => void): void {
    const { past } = this;
    const isSame = this.key === key;
    change();
    if (isSame) this.past = past;
    this.key = key;
  }

  /** What comes next is a step of its own. */
  endStep(): void {
    this.key = '';
  }

  undo(): void {
    this.key = '';
    const before = this.past.at(-1);
    if (before === undefined) return;
    this.past = this.past.slice(0, -1);
    this.future = [this.state, ...this.future];
    this.state = before;
  }

  redo(): void {
    this.key = '';
    const [after, ...future] = this.future;
    if (after === undefined) return;
    this.past = [...this.past, this.state];
    this.future = future;
    this.state = after;
  }

  private choice(id: string, field: string, gpio: number): PinChoice {
    return this.searchFor(id).choice(this.fields(id), field, gpio);
  }

  private searchFor(id: string): PinSearch {
    const part = this.part(id);
    if (part === undefined) throw new BoardError(`there is no part ${JSON.stringify(id)}`);
    return new PinSearch(this.others(id), part.type);
  }

  private put(id: string, part: Fields): void {
    const refusal = this.searchFor(id).refusal(part);
    if (refusal !== undefined) throw new BoardError(reasonOf(refusal), refusal.field);
    this.become(this.state.fields.map((fields) => (fields['id'] === id ? part : fields)));
  }

  private others(id: string): readonly Fields[] {
    return this.state.fields.filter((fields) => fields['id'] !== id);
  }

  private become(fields: readonly Fields[]): void {
    this.enter(stateOf(textOf(fields)));
  }

  private enter(state: State): void {
    if (JSON.stringify(state.fields) === JSON.stringify(this.state.fields)) return;
    this.past = [...this.past, this.state].slice(-MOST_STEPS);
    this.future = [];
    this.key = '';
    this.state = state;
  }

  private freeId(type: PartType): string {
    for (let count = 1; ; count++) {
      const id = count === 1 ? type : `${type}${count}`;
      if (this.part(id) === undefined) return id;
    }
  }
}

function stateOf(text: string): State {
  const board = parseBoard(text);
  const { parts } = JSON.parse(text.replace(/^\uFEFF/, '')) as { parts: readonly Fields[] };
  return { text, board, fields: parts };
}

/** A line for each part, as people write them. */
function textOf(parts: readonly Fields[]): string {
  const lines = parts.map((part) => `    ${JSON.stringify(part, undefined, 1).replace(/\n */g, ' ')}`);
  return lines.length === 0 ? '{ "parts": [] }\n' : `{\n  "parts": [\n${lines.join(',\n')}\n  ]\n}\n`;
}
