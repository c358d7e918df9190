import type { Example } from './examples.js';
import type { ProgramList } from './program-list.js';

const NAME = 'uasync on an emulated Pico';

/** What the page says of the program that runs: the list's choice, a sentence, what to do, and the window's title. */
export class Heading {
  private show = (): void => {};

  constructor(
    private readonly list: ProgramList,
    private readonly setTitle: (title: string) => void,
  ) {}

  showExample(example: Example): void {
    this.tell(example.summary, example.todo, example.title, () => this.list.showExample(example.name));
  }

  /** @param sentence what it is, after its name */
  showFile(name: string, sentence: string): void {
    this.tell(`${name}, ${sentence}`, '', name, () => this.list.showFile(name));
  }

  /** What was chosen cannot be had: the list says again what runs. */
  showChoice(): void {
    this.show();
  }

  private tell(shows: string, todo: string, title: string, show: () => void): void {
    element('shows').textContent = shows;
    element('todo').textContent = todo;
    this.setTitle(`${title} · ${NAME}`);
    this.show = show;
    show();
  }
}

function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
