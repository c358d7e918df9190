import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

/** The serial console: what the firmware sends, and what is typed to it. */
export class Console {
  private readonly terminal: Terminal;

  constructor(element: HTMLElement, onType: (bytes: Uint8Array) => void) {
    this.terminal = new Terminal({
      convertEol: true,
      cursorBlink: false,
      cursorInactiveStyle: 'none',
      disableStdin: false,
      fontSize: 13,
      fontFamily: styleOf('--font-code'),
      screenReaderMode: true,
      scrollback: 5000,
      tabStopWidth: 8,
    });
    const fit = new FitAddon();
    this.terminal.loadAddon(fit);
    this.terminal.open(element);
    this.terminal.textarea?.setAttribute('aria-label', 'Console: what you type is sent to the firmware');
    // The Tab key is for the page, not for the firmware: nobody is to be caught here.
    this.terminal.attachCustomKeyEventHandler(({ key }) => key !== 'Tab');
    const encoder = new TextEncoder();
    this.terminal.onData((text) => onType(encoder.encode(text)));
    this.recolour();
    new ResizeObserver(() => fit.fit()).observe(element);
    new MutationObserver(() => this.recolour()).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  write(bytes: Uint8Array): void {
    if (bytes.length > 0) this.terminal.write(bytes);
  }

  clear(): void {
    this.terminal.reset();
  }

  private recolour(): void {
    const [background, foreground] = [styleOf('--console'), styleOf('--console-text')];
    this.terminal.options.theme = { background, foreground, cursor: foreground, cursorAccent: background, selectionBackground: styleOf('--focus') + '55' };
  }
}

function styleOf(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
