import { formatDuration } from './duration.js';
import { percentOf, type TaskSum } from './range-sums.js';
import { button } from './chart.js';

/** What the panel looks like. */
export const SUMS_CSS = `
.sums {
  margin: 0 0 0.25rem;
  padding: 0.3rem 0.5rem;
  border: 1px solid var(--_line);
  border-left: 4px solid var(--_focus);
  border-radius: 0.3rem;
  background: var(--_panel);
  font-variant-numeric: tabular-nums;
}
.sums[hidden], .sums [hidden] { display: none; }
.sums .head {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem;
  margin: 0;
}
.sums .words { flex: 1 1 12rem; }
.sums .scroll { max-height: 12rem; overflow: auto; }
.sums table { border-collapse: collapse; }
.sums th, .sums td { padding: 0.1rem 0.9rem 0.1rem 0; text-align: left; }
.sums thead th { color: var(--_faint); }
.sums td { text-align: right; white-space: nowrap; }
`;

const TITLES = ['Task', 'Share', 'Steps', 'Longest step'];

/** Says where the cursors of a timeline are, and what each task did between them. */
export class SumsPanel {
  readonly element = document.createElement('section');

  private readonly words = document.createElement('span');
  private readonly scroll = document.createElement('div');
  private readonly body = document.createElement('tbody');
  private readonly note = document.createElement('p');
  private readonly showButton: HTMLButtonElement;

  constructor(actions: { show(): void; clear(): void }) {
    this.element.className = 'sums';
    this.element.setAttribute('aria-label', 'Selected time');
    this.words.className = 'words';
    this.showButton = button('Show', 'Show no more than what is selected', actions.show, 'Show what is selected');
    const head = document.createElement('p');
    head.className = 'head';
    head.append(this.words, this.showButton, button('Clear', 'Remove both cursors (Delete)', actions.clear, 'Clear the cursors'));
    const table = document.createElement('table');
    const titles = table.createTHead().insertRow();
    for (const title of TITLES) {
      const cell = document.createElement('th');
      cell.scope = 'col';
      cell.textContent = title;
      titles.append(cell);
    }
    table.append(this.body);
    this.scroll.className = 'scroll';
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute('role', 'region');
    this.scroll.setAttribute('aria-label', 'What the tasks did there');
    this.scroll.append(table, this.note);
    this.element.append(head, this.scroll);
    this.show('', undefined);
  }

  /** @param sums undefined where no stretch is selected */
  show(words: string, sums: readonly TaskSum[] | undefined): void {
    this.element.hidden = words === '';
    setText(this.words, words);
    this.scroll.hidden = this.showButton.hidden = sums === undefined;
    if (sums === undefined) return;
    while (this.body.rows.length > sums.length) this.body.deleteRow(-1);
    sums.forEach((sum, index) => this.fill(this.body.rows[index] ?? this.addRow(), sum));
    this.note.hidden = sums.every(({ isWhole }) => isWhole);
    setText(this.note, 'At least: what happened first is no longer remembered.');
  }

  private addRow(): HTMLTableRowElement {
    const row = this.body.insertRow();
    const name = document.createElement('th');
    name.scope = 'row';
    row.append(name);
    for (let cells = 1; cells < TITLES.length; cells++) row.insertCell();
    return row;
  }

  private fill(row: HTMLTableRowElement, { lane, share, steps, longest, isWhole }: TaskSum): void {
    const least = isWhole ? '' : '≥ ';
    const texts = [lane.label, least + percentOf(share), least + steps.toLocaleString('en'), steps === 0 ? '–' : least + formatDuration(longest)];
    texts.forEach((text, index) => setText(row.cells[index] as HTMLElement, text));
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
