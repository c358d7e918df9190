import type { TaskInfo, TaskSnapshot } from '../../../src/tasks/model.js';
import type { FrameReply } from '../protocol.js';
import { type Instrument, ShowSource } from './instrument.js';
import { filterField } from './filter-field.js';
import { NameFilter } from './name-filter.js';
import { PALETTE_CSS } from './palette.js';
import { type Cell, cellsOf, COLUMNS, reasonForNone } from './task-cells.js';
import { TASKS_CSS } from './tasks-style.js';

/** A step of 10 ms is longer than most programs want to wait for anything. */
const HOG_NANOS = 10e6;

/** The parts of a row that change. */
interface Entry {
  readonly row: HTMLTableRowElement;
  readonly toggle: HTMLButtonElement;
  readonly cells: ReadonlyMap<string, HTMLTableCellElement>;
  /** The row below it with the chain of coroutines. */
  readonly detail: HTMLTableRowElement;
  readonly chain: HTMLTableCellElement;
}

/** A table of the tasks that are there: what each does and waits for. */
export class TasksElement extends HTMLElement implements Instrument {
  /** A step that takes longer is a hog. */
  hogNanos = HOG_NANOS;

  private readonly root = this.attachShadow({ mode: 'open' });
  private readonly body = document.createElement('tbody');
  private readonly empty = document.createElement('p');
  private readonly frame = document.createElement('div');
  private readonly entries = new Map<number, Entry>();
  private readonly folded = document.createElement('p');
  private readonly field = filterField('Find tasks', (filter) => this.find(filter));
  private filter = new NameFilter();
  private boot = -1;
  private hadTasks = false;

  constructor() {
    super();
    const style = document.createElement('style');
    style.textContent = PALETTE_CSS + TASKS_CSS;
    const table = document.createElement('table');
    const caption = document.createElement('caption');
    caption.textContent = 'Tasks';
    const head = document.createElement('thead');
    const titles = document.createElement('tr');
    for (const { key, title, hint } of COLUMNS) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.className = key;
      cell.textContent = title;
      cell.title = hint;
      titles.append(cell);
    }
    head.append(titles);
    table.append(caption, head, this.body);
    this.frame.className = 'frame';
    this.frame.append(table);
    this.empty.className = 'empty';
    this.folded.className = 'folded';
    this.folded.append('Unfold a task for more: ', ...COLUMNS.map(({ key, title }, index) => {
      const item = document.createElement('span');
      item.className = key;
      item.textContent = `${title.toLowerCase()}${index === COLUMNS.length - 1 ? '.' : ', '}`;
      return item;
    }));
    this.root.append(style, this.field, this.frame, this.folded, this.empty);
    this.clear();
  }

  showFrame(frame: FrameReply): void {
    if (frame.boot !== this.boot) this.clear();
    this.boot = frame.boot;
    if (frame.taskEvents.length > 0) this.hadTasks = true;
    if (frame.tasks !== undefined) this.show(frame.tasks);
    if (this.entries.size === 0) this.showEmpty(reasonForNone(frame.isUasync, this.hadTasks));
  }

  clear(): void {
    this.hadTasks = false;
    this.show({ nanos: 0, tasks: [] });
    this.showEmpty(reasonForNone(true, false));
  }

  /** Shows the tasks in the order of their numbers; rows that stay are changed in place. */
  show({ nanos, tasks }: TaskSnapshot): void {
    const present = new Set(tasks.map(({ id }) => id));
    for (const [id, { row, detail }] of this.entries) {
      if (present.has(id)) continue;
      row.remove();
      detail.remove();
      this.entries.delete(id);
    }
    let last: HTMLElement | undefined;
    for (const task of [...tasks].sort((a, b) => a.id - b.id)) {
      const entry = this.entries.get(task.id) ?? this.add(task, last);
      this.fill(entry, task, nanos);
      last = entry.detail;
    }
    this.frame.hidden = this.folded.hidden = this.field.hidden = tasks.length === 0;
    this.empty.hidden = tasks.length > 0;
    this.showFound();
  }

  private find(filter: NameFilter): void {
    this.filter = filter;
    this.showFound();
  }

  /** Hides the rows that are not looked for. */
  private showFound(): void {
    let found = 0;
    for (const { row, toggle, detail, cells } of this.entries.values()) {
      const words = ['state', 'waitsFor'].map((key) => cells.get(key)?.textContent ?? '');
      const isFound = this.filter.matches([toggle.textContent, ...words].join(' '));
      row.hidden = !isFound;
      detail.hidden = !isFound || toggle.getAttribute('aria-expanded') !== 'true';
      if (isFound) found++;
    }
    if (this.entries.size === 0) return;
    this.empty.hidden = found > 0;
    if (found === 0) setText(this.empty, `No task has '${this.filter.text}' in its name, state or what it waits for.`);
  }

  private showEmpty(text: string): void {
    setText(this.empty, text);
    this.empty.hidden = false;
    this.frame.hidden = this.folded.hidden = this.field.hidden = true;
  }

  private add({ id }: TaskInfo, after: HTMLElement | undefined): Entry {
    const row = document.createElement('tr');
    const toggle = document.createElement('button');
    toggle.type = 'button';
    toggle.className = 'toggle';
    toggle.setAttribute('aria-expanded', 'false');
    const cells = new Map<string, HTMLTableCellElement>();
    for (const { key } of COLUMNS) {
      const cell = document.createElement(key === 'name' ? 'th' : 'td');
      if (key === 'name') cell.setAttribute('scope', 'row');
      cell.className = key;
      cells.set(key, cell);
      row.append(cell);
    }
    cells.get('name')?.append(toggle);
    const detail = document.createElement('tr');
    detail.className = 'detail';
    detail.id = `detail-${id}`;
    detail.hidden = true;
    const chain = document.createElement('td');
    chain.colSpan = COLUMNS.length;
    detail.append(chain);
    toggle.setAttribute('aria-controls', detail.id);
    toggle.addEventListener('click', () => {
      detail.hidden = !detail.hidden;
      toggle.setAttribute('aria-expanded', String(!detail.hidden));
    });
    if (after === undefined) this.body.prepend(row, detail);
    else after.after(row, detail);
    const entry = { row, toggle, cells, detail, chain };
    this.entries.set(id, entry);
    return entry;
  }

  private fill(entry: Entry, task: TaskInfo, nanos: number): void {
    const cells = cellsOf(task, nanos, this.hogNanos);
    setText(entry.toggle, task.name);
    entry.row.dataset['state'] = task.state;
    entry.row.classList.toggle('has-hog', cells.longest.isHog ?? false);
    for (const { key } of COLUMNS) {
      const cell = entry.cells.get(key);
      if (cell === undefined || key === 'name') continue;
      this.fillCell(cell, cells[key] as Cell);
    }
    this.fillChain(entry.chain, task, cells);
  }

  /** Leaves alone what has not changed, so that nothing flickers and no button loses its focus. */
  private fillCell(cell: HTMLElement, { text, place, isHog }: Cell): void {
    cell.classList.toggle('hog', isHog ?? false);
    let words = cell.querySelector<HTMLElement>('.words');
    if (words === null) {
      words = document.createElement('span');
      words.className = 'words';
      cell.prepend(words);
    }
    setText(words, text);
    let link = cell.querySelector<HTMLButtonElement>('.place');
    if (place === undefined) return link?.remove();
    if (link === null) {
      link = document.createElement('button');
      link.type = 'button';
      link.className = 'place';
      cell.append(link);
    }
    const title = `${place.file}:${place.line}`;
    setText(link, `${place.file.split('/').at(-1)}:${place.line}`);
    if (link.title !== title) link.title = title;
    link.onclick = () => this.dispatchEvent(new ShowSource(place));
  }

  private fillChain(chain: HTMLElement, task: TaskInfo, cells: Readonly<Record<string, Cell>>): void {
    let list = chain.querySelector('ol');
    let facts = chain.querySelector<HTMLElement>('.facts');
    if (list === null || facts === null) {
      list = document.createElement('ol');
      facts = document.createElement('p');
      facts.className = 'facts';
      chain.append(list, facts);
    }
    const coroutines = [...task.coroutines].reverse();
    while (list.childElementCount > coroutines.length) list.lastElementChild?.remove();
    coroutines.forEach(({ name, place, frameBytes }, index) => {
      const item = list.children[index] ?? list.appendChild(document.createElement('li'));
      this.fillCell(item as HTMLElement, { text: frameBytes === undefined ? name : `${name}, frame of ${frameBytes} bytes`, place });
    });
    // What a narrow table leaves out, and where the control block is.
    const more = COLUMNS.filter(({ key }) => key !== 'name' && key !== 'waitsFor').map(({ key, title }) => `${title}: ${cells[key]?.text || '-'}`);
    setText(facts, [...more, `Control block: 0x${task.address.toString(16).padStart(8, '0')}`].join(' · '));
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
