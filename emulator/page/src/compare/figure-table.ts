import type { Cell, Row } from './figure-rows.js';

/** The table of the figures. A screen reader reads it as a table; what changes all the time is not announced. */
export class FigureTable {
  readonly element = document.createElement('table');
  private readonly body: HTMLTableSectionElement;
  private names = '';

  constructor() {
    this.element.className = 'figures';
    this.element.innerHTML = '<caption class="spoken">Figures since the start of each program</caption><thead><tr><td></td><th scope="col">C++</th><th scope="col">MicroPython</th></tr></thead>';
    this.body = this.element.createTBody();
  }

  show(rows: readonly Row[]): void {
    const names = rows.map(({ name }) => name).join();
    if (names !== this.names) this.body.replaceChildren(...rows.map(emptyRow));
    this.names = names;
    rows.forEach(({ cells }, index) => {
      const row = this.body.rows[index] as HTMLTableRowElement;
      cells.forEach((cell, side) => showCell(row.cells[side + 1] as HTMLTableCellElement, cell));
    });
  }
}

function emptyRow({ name, means }: Row): HTMLTableRowElement {
  const row = document.createElement('tr');
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = name;
  head.title = means;
  row.append(head, document.createElement('td'), document.createElement('td'));
  return row;
}

/** What is not known is a dash to the eye, and the reason to a screen reader. */
function showCell(element: HTMLTableCellElement, { text, why }: Cell): void {
  const shown = why ?? text;
  if (element.dataset['shown'] === shown) return;
  element.dataset['shown'] = shown;
  element.title = why ?? '';
  if (why === undefined) {
    element.textContent = text;
    return;
  }
  const [dash, reason] = [document.createElement('span'), document.createElement('span')];
  dash.ariaHidden = 'true';
  dash.textContent = text;
  reason.className = 'spoken';
  reason.textContent = why;
  element.replaceChildren(dash, reason);
}
