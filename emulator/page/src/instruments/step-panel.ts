import type { SourcePlace, StepProfile } from '../../../src/tasks/model.js';
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
    const rows = parts.map(({ place, name, share }) => row(share, place === undefined ? (name ?? 'code without a name') : this.link(place)));
    this.list.replaceChildren(...rows, ...(rest > LEAST_REST ? [row(rest, 'other lines')] : []));
  }

  private link(place: SourcePlace): HTMLButtonElement {
    const title = `${place.file}:${place.line}`;
    const link = button(shortPlace(place), title, () => this.element.dispatchEvent(new ShowSource(place)));
    link.className = 'place';
    return link;
  }
}

/** A share as a number and a bar, and what has it. */
function row(share: number, what: string | HTMLElement): HTMLLIElement {
  const item = document.createElement('li');
  const [number, bar, fill] = [document.createElement('span'), document.createElement('span'), document.createElement('i')];
  number.className = 'share';
  number.textContent = percentOf(share);
  bar.className = 'bar';
  fill.style.width = `${Math.round(100 * share)}%`;
  bar.append(fill);
  item.append(number, bar, what);
  return item;
}
