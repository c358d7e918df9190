import type { Message } from './compilation.js';

/** The messages of the compiler below the source, those about other files too; a click leads to the line. */
export class MessageList {
  private hidden = false;
  private ofSeveral = false;

  /** @param goTo brings what a message is about into view */
  constructor(private readonly element: HTMLElement, private readonly goTo: (message: Message) => void) {}

  /** @param ofSeveral whether files have to be named */
  show(messages: readonly Message[], ofSeveral = false): void {
    this.ofSeveral = ofSeveral;
    this.element.replaceChildren(...messages.map((message) => this.item(message)));
    this.showIt();
  }

  set isHidden(isHidden: boolean) {
    this.hidden = isHidden;
    this.showIt();
  }

  private showIt(): void {
    this.element.hidden = this.hidden || this.element.childElementCount === 0;
  }

  private item(message: Message): HTMLElement {
    const item = document.createElement('li');
    item.dataset['kind'] = message.kind;
    item.append(...this.said(message));
    if (message.notes.length > 0) {
      const notes = document.createElement('details');
      const summary = document.createElement('summary');
      summary.textContent = message.notes.length === 1 ? '1 note' : `${message.notes.length} notes`;
      const list = document.createElement('ul');
      list.append(...message.notes.map((note) => this.item(note)));
      notes.append(summary, list);
      item.append(notes);
    }
    return item;
  }

  private said(message: Message): (Node | string)[] {
    const kind = document.createElement('strong');
    kind.textContent = message.kind;
    const said: (Node | string)[] = [kind];
    if (message.line !== null) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = this.ofSeveral ? `${message.file} line ${message.line}` : `line ${message.line}`;
      button.addEventListener('click', () => this.goTo(message));
      said.push(' ', button);
    }
    if (message.place !== '') said.push(` ${message.place}`);
    return [...said, `: ${message.text}`];
  }
}
