/**
 * A button that is held for as long as somebody holds it: with the mouse, a finger or a pen, with Space or Enter while it has the focus,
 * or with a key of its own from anywhere on the page.
 */
export class HoldButton {
  readonly element = document.createElement('button');

  /** What holds it down just now. */
  private readonly holders = new Set<string>();

  /**
   * @param onChange called when it goes down and when it comes up
   * @param key of the keyboard, that holds it from anywhere on the page
   */
  constructor(label: string, private readonly onChange: (isDown: boolean) => void, readonly key?: string) {
    const { element } = this;
    element.type = 'button';
    element.className = 'hold';
    element.setAttribute('aria-label', label);
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      element.setPointerCapture(event.pointerId);
      this.hold('pointer', true);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) element.addEventListener(end, () => this.hold('pointer', false));
    element.addEventListener('contextmenu', (event) => event.preventDefault()); // what a long touch would open
    element.addEventListener('keydown', (event) => this.onKey(event, true));
    element.addEventListener('keyup', (event) => this.onKey(event, false));
    element.addEventListener('blur', () => this.hold('focus', false));
    element.addEventListener('click', ({ detail }) => {
      if (detail === 0) this.tap(); // a screen reader's, with neither pointer nor key
    });
  }

  get isDown(): boolean {
    return this.holders.size > 0;
  }

  /** Somebody begins or ends to hold it. */
  hold(by: string, isDown: boolean): void {
    const wasDown = this.isDown;
    if (isDown) this.holders.add(by);
    else this.holders.delete(by);
    if (this.isDown === wasDown) return;
    this.element.classList.toggle('down', this.isDown);
    this.onChange(this.isDown);
  }

  /** Nobody can be known to hold it any more: the window has lost the focus, say. */
  release(): void {
    for (const holder of [...this.holders]) this.hold(holder, false);
  }

  private onKey(event: KeyboardEvent, isDown: boolean): void {
    if (event.key !== ' ' && event.key !== 'Enter') return;
    event.preventDefault();
    if (!event.repeat) this.hold('focus', isDown);
  }

  private tap(): void {
    this.hold('tap', true);
    setTimeout(() => this.hold('tap', false), TAP_MILLIS);
  }
}

const TAP_MILLIS = 100;
