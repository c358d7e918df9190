/** Characters that are kept: the newest. */
const KEPT = 20_000;

/** What a program prints, as plain text. */
export class Output {
  readonly element = document.createElement('pre');
  private decoder = new TextDecoder();
  private text = '';

  /** @param label its name for a screen reader */
  constructor(label: string) {
    this.element.className = 'output';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'log');
    this.element.setAttribute('aria-live', 'off'); // two of them would talk all the time
    this.element.setAttribute('aria-label', label);
  }

  clear(): void {
    this.decoder = new TextDecoder();
    this.text = this.element.textContent = '';
  }

  show(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const { element } = this;
    const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
    this.text = (this.text + this.decoder.decode(bytes, { stream: true }).replaceAll('\r', '')).slice(-KEPT);
    element.textContent = this.text;
    if (isAtEnd) element.scrollTop = element.scrollHeight;
  }
}
