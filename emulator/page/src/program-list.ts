import type { Example } from './examples.js';

/** The list of programs: shows which one runs, also if that is a file of the user's own, and tells which one is wished for. */
export class ProgramList {
  private own: HTMLOptionElement | undefined;

  constructor(private readonly select: HTMLSelectElement, onChoice: (name: string) => void) {
    select.addEventListener('change', () => {
      if (select.selectedOptions[0] !== this.own) onChoice(select.value);
    });
  }

  fill(examples: readonly Example[]): void {
    this.own = undefined;
    this.select.replaceChildren(...examples.map(({ name, title }) => new Option(title, name)));
  }

  /** Marks a program whose source the user has edited. */
  showEdited({ name, title }: Example, isEdited: boolean): void {
    const option = [...this.select.options].find((candidate) => candidate.value === name && candidate !== this.own);
    if (option !== undefined) option.text = isEdited ? `${title} (edited)` : title;
  }

  /** An example runs. */
  showExample(name: string): void {
    this.own?.remove();
    this.own = undefined;
    this.select.value = name;
  }

  /** A file of the user's own runs. */
  showFile(name: string): void {
    this.own ??= new Option();
    this.own.text = name;
    this.select.prepend(this.own);
    this.own.selected = true;
  }
}
