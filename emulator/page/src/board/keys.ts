import type { HoldButton } from './views/hold.js';

/** What takes every key that is typed. */
const TAKES_TEXT = 'input:not([type=range], [type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]';
/** What is pressed with Space or Enter. */
const TAKES_PRESS = 'button, a[href], summary, input:not([type=range]), [role=button], [role=tab]';
/** What is moved with the arrow keys. */
const TAKES_ARROWS = 'input, [role=slider], [role=tab]';

/** Holds the buttons of the board with their keys, from wherever on the page the focus is, unless the key means something there. */
export class PageKeys {
  private buttons: ReadonlyMap<string, HoldButton> = new Map();
  /** Which button a key of the keyboard holds, by its place: what it types may be another character when it comes up, as Shift has. */
  private readonly held = new Map<string, HoldButton>();
  private readonly stop = new AbortController();

  constructor() {
    const { signal } = this.stop;
    document.addEventListener('keydown', (event) => this.onDown(event), { signal });
    document.addEventListener('keyup', ({ code }) => this.onUp(code), { signal });
    window.addEventListener('blur', () => this.release(), { signal });
    document.addEventListener('visibilitychange', () => this.release(), { signal });
  }

  /** @param buttons by the keys that hold them */
  use(buttons: ReadonlyMap<string, HoldButton>): void {
    this.release();
    this.buttons = buttons;
  }

  disconnect(): void {
    this.release();
    this.stop.abort();
  }

  private onDown(event: KeyboardEvent): void {
    const button = this.buttons.get(normalize(event.key));
    if (button === undefined || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    const [target] = event.composedPath();
    if (target instanceof Element && isTaken(target, event.key)) return;
    event.preventDefault(); // the page would scroll
    if (event.repeat) return;
    this.held.set(event.code, button);
    button.hold(event.code, true);
  }

  private onUp(code: string): void {
    const button = this.held.get(code);
    this.held.delete(code);
    button?.hold(code, false);
  }

  private release(): void {
    for (const [code, button] of this.held) button.hold(code, false);
    this.held.clear();
  }
}

function normalize(key: string): string {
  return key.length === 1 ? key.toLowerCase() : key;
}

function isTaken(target: Element, key: string): boolean {
  if (target.closest(TAKES_TEXT) !== null) return true;
  if (key === ' ' || key === 'Enter') return target.closest(TAKES_PRESS) !== null;
  return key.startsWith('Arrow') && target.closest(TAKES_ARROWS) !== null;
}
