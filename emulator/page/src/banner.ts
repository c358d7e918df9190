/** Messages that stay until somebody closes them: what is told while one is there comes below it, so that none hides another. */
export class Banner {
  private readonly text: HTMLElement;
  private messages: readonly string[] = [];

  constructor(private readonly element: HTMLElement) {
    this.text = element.querySelector('span') as HTMLElement;
    element.querySelector('button')?.addEventListener('click', () => this.clear());
  }

  tell(message: string): void {
    if (this.messages.includes(message)) return;
    this.messages = [...this.messages, message];
    this.text.textContent = this.messages.join('\n');
    this.element.hidden = false;
  }

  clear(): void {
    this.messages = [];
    this.text.textContent = '';
    this.element.hidden = true;
  }
}
