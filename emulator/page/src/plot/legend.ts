interface Entry {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly swatch: HTMLElement;
  readonly value: HTMLElement;
}

/** The names of the curves with their values. Each name is a button that hides its curve. */
export class Legend {
  readonly element = document.createElement('div');

  private readonly moment = document.createElement('span');
  private readonly list = document.createElement('ul');
  private entries: Entry[] = [];
  private names: readonly string[] = [];

  /** @param onToggle called with the index of a curve that is hidden or shown */
  constructor(private readonly onToggle: (index: number) => void) {
    this.element.className = 'legend';
    this.element.hidden = true;
    this.moment.className = 'moment';
    this.list.setAttribute('aria-label', 'Curves');
    this.element.append(this.moment, this.list);
  }

  /** @returns whether there are other curves than before */
  setNames(names: readonly string[]): boolean {
    if (names.length === this.names.length && names.every((name, index) => name === this.names[index])) return false;
    // New ones are added at the end, so that those which are there stay as they are, with the focus.
    const same = names.findIndex((name, index) => name !== this.names[index]);
    for (const { item } of this.entries.splice(same < 0 ? names.length : same)) item.remove();
    for (let index = this.entries.length; index < names.length; index++) this.append(names[index] as string, index);
    this.names = names;
    this.element.hidden = names.length === 0;
    return true;
  }

  isShown(index: number): boolean {
    return this.entries[index]?.button.getAttribute('aria-pressed') === 'true';
  }

  colourOf(index: number): string {
    return getComputedStyle((this.entries[index] as Entry).swatch).borderTopColor;
  }

  showValues(moment: string, values: readonly string[]): void {
    setText(this.moment, moment);
    values.forEach((value, index) => setText((this.entries[index] as Entry).value, value));
  }

  /** What is shown, in words. */
  get text(): string {
    const values = this.entries.flatMap(({ value }, index) => (this.isShown(index) ? [`${this.names[index]} ${value.textContent}`] : []));
    return `${this.moment.textContent}: ${values.join(', ')}`;
  }

  private append(name: string, index: number): void {
    const entry = { item: document.createElement('li'), button: document.createElement('button'), swatch: document.createElement('i'), value: document.createElement('span') };
    const { item, button, swatch, value } = entry;
    button.type = 'button';
    button.title = 'Hide or show this curve';
    button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => {
      button.setAttribute('aria-pressed', String(!this.isShown(index)));
      this.onToggle(index);
    });
    swatch.className = 'swatch';
    const text = document.createElement('span');
    text.textContent = name;
    button.append(swatch, text);
    value.className = 'value';
    item.append(button, value);
    this.list.append(item);
    this.entries.push(entry);
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
