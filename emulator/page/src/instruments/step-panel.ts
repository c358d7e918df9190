import type { SourcePlace, StepPart, StepProfile } from '../../../src/tasks/model.js';
import { shortPlace } from '../hog.js';
import { button } from './chart.js';
import { formatDuration } from './duration.js';
import { ShowSource } from './instrument.js';
import { percentOf } from './range-sums.js';

/** What the panel looks like, beside that of the sums. */
export const STEP_CSS = `
.where ol { margin: 0; padding: 0; list-style: none; }
.where li { display: flex; gap: 0.6rem; align-items: baseline; }
.where .share { flex: 0 0 4rem; text-align: right; white-space: nowrap; }
.where .bar { flex: 0 0 8rem; }
.where .bar i { display: block; height: 0.6rem; border-radius: 0.15rem; background: var(--_hog); }
.where .place { padding: 0; border: 0; background: none; color: inherit; text-decoration: underline; cursor: pointer; }
`;

/** Fewer say nothing. */
const LEAST_SAMPLES = 5;
/** A share that is told as 0.1 % at least. */
const LEAST_REST = 0.0005;

/** Says on which lines the time of the longest step went. */
export class StepPanel {
  readonly element = document.createElement('section');

  private readonly words = document.createElement('span');
  private readonly list = document.createElement('ol');
  private readonly rows = new Map<string, Row>();
  private readonly rest = new Row('other lines');

  constructor() {
    this.element.className = 'sums where';
    this.element.setAttribute('aria-label', 'Where the longest step spent its time');
    this.words.className = 'words';
    const head = document.createElement('p');
    head.className = 'head';
    head.append(this.words, button('Close', 'Hide where the time went', () => this.hide(), 'Close what tells where the time went'));
    this.element.append(head, this.list);
    this.hide();
  }

  get isShown(): boolean {
    return !this.element.hidden;
  }

  hide(): void {
    this.element.hidden = true;
    this.rows.clear();
  }

  /** @param name of the task */
  show(name: string, { nanos, samples, parts }: StepProfile): void {
    if (samples < LEAST_SAMPLES) {
      this.hide();
      return;
    }
    this.element.hidden = false;
    this.words.textContent = `Where ${name} spent these ${formatDuration(nanos)}, by ${samples.toLocaleString('en')} looks at where it was:`;
    const rest = 1 - parts.reduce((sum, { share }) => sum + share, 0);
    const shown = parts.map((part) => this.rowOf(part));
    if (rest > LEAST_REST) shown.push(this.rest.of(rest));
    // What somebody is about to click stays where it is, unless the order changes.
    if (shown.length !== this.list.children.length || shown.some((element, index) => element !== this.list.children[index])) this.list.replaceChildren(...shown);
  }

  private rowOf({ place, name, share }: StepPart): HTMLLIElement {
    const key = place === undefined ? (name ?? 'code without a name') : `${place.file}:${place.line}`;
    let row = this.rows.get(key);
    if (row === undefined) this.rows.set(key, (row = new Row(place === undefined ? key : this.link(place, key))));
    return row.of(share);
  }

  private link(place: SourcePlace, title: string): HTMLButtonElement {
    const link = button(shortPlace(place), title, () => this.element.dispatchEvent(new ShowSource(place)));
    link.className = 'place';
    return link;
  }
}

/** A share as a number and a bar, and what has it. */
class Row {
  private readonly item = document.createElement('li');
  private readonly number = document.createElement('span');
  private readonly fill = document.createElement('i');

  constructor(what: string | HTMLElement) {
    const bar = document.createElement('span');
    this.number.className = 'share';
    bar.className = 'bar';
    bar.append(this.fill);
    this.item.append(this.number, bar, what);
  }

  of(share: number): HTMLLIElement {
    this.number.textContent = percentOf(share);
    this.fill.style.width = `${Math.round(100 * share)}%`;
    return this.item;
  }
}
