import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { save } from './instruments/save.js';
import type { Plot } from './plot/plot.js';
import type { FrameReply } from './protocol.js';

/** Bytes that are kept to be saved: the newest. */
const KEPT_BYTES = 4_000_000;

/** The serial console: what the firmware sends, and what is typed to it. */
export class Console {
  private readonly terminal: Terminal;
  private kept: Uint8Array[] = [];
  private keptBytes = 0;

  /** @param plot of the numbers in it */
  constructor(element: HTMLElement, private readonly plot: Plot, onType: (bytes: Uint8Array) => void) {
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

  showFrame(frame: FrameReply): void {
    this.miss(frame.droppedConsole);
    this.write(frame.console);
    this.plot.showFrame(frame);
  }

  clear(): void {
    this.terminal.reset();
    this.plot.clear();
    this.kept = [];
    this.keptBytes = 0;
  }

  /** Saves what was shown since it was cleared, 4 MB at most. */
  save(): void {
    save('uasync-console.txt', 'text/plain', new Blob(this.kept as BlobPart[]));
  }

  private write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.terminal.write(bytes);
    this.kept.push(bytes);
    this.keptBytes += bytes.length;
    while (this.keptBytes > KEPT_BYTES) this.keptBytes -= this.kept.shift()?.length ?? Infinity;
  }

  /** So many bytes came too fast to be shown. */
  private miss(count: number): void {
    if (count > 0) this.write(new TextEncoder().encode(`\n[${count.toLocaleString('en')} bytes came too fast to be shown]\n`));
  }

  private recolour(): void {
    const [background, foreground] = [styleOf('--console'), styleOf('--console-text')];
    this.terminal.options.theme = { background, foreground, cursor: foreground, cursorAccent: background, selectionBackground: styleOf('--focus') + '55' };
  }
}

function styleOf(property: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim();
}
