import './compare.css';
import type { Row } from './figure-rows.js';
import { FigureTable } from './figure-table.js';
import { Output } from './output.js';

const NOTES = `
  <p>The C++ program starts when its board is powered on. The Python program starts when MicroPython executes it: before that, MicroPython has started, and has compiled it. Importing
    asyncio belongs to the program; it is often MicroPython’s longest busy time.</p>
  <p>What you do to the board is done to both at the same simulated time since their starts. The C++ program is never more than a tenth of a second ahead.</p>
  <p>Asleep is asleep, whether in WFI or in WFE, as MicroPython does it. The emulator has no flash cache: both run as if every access hit it.</p>`;

/** What the user asks for. */
export interface PanelEvents {
  onToggle(): void;
  onFile(file: File): void;
  onForget(): void;
}

/** Which image there is: given by the server, kept by the browser, or only chosen. */
export interface ShownImage {
  readonly name: string;
  readonly from: 'server' | 'browser' | 'user';
}

const WHENCE = { server: ', from ./uasync demo', browser: ', kept in this browser', user: '' };

/** The part of the page that shows both programs beside each other. */
export class Panel {
  readonly cpp = new Output('What the C++ program prints');
  readonly python = new Output('What the Python program prints');
  private readonly table = new FigureTable();
  private readonly toggle: HTMLButtonElement;

  constructor(private readonly element: HTMLElement, events: PanelEvents) {
    element.innerHTML = `
      <div class="head">
        <h2 id="compare-title">Beside MicroPython</h2>
        <p class="state" role="status"></p>
        <button class="toggle" type="button" aria-pressed="false">Compare with MicroPython</button>
      </div>
      <div class="body" hidden>
        <div class="image">
          <p class="words"></p>
          <button class="choose" type="button">Choose image…</button>
          <button class="forget" type="button" title="Remove the image from this browser">Forget image</button>
          <input type="file" hidden accept=".uf2,.bin,.elf" aria-label="MicroPython’s image for the Raspberry Pi Pico">
        </div>
        <div class="both" hidden>
          <figure class="of-cpp"><figcaption>C++ prints</figcaption></figure>
          <figure class="of-python"><figcaption>MicroPython prints</figcaption></figure>
          <div class="numbers"></div>
          <details><summary>What the figures mean</summary><dl></dl>${NOTES}</details>
        </div>
      </div>`;
    this.find('.of-cpp').append(this.cpp.element);
    this.find('.of-python').append(this.python.element);
    this.find('.numbers').append(this.table.element);
    this.toggle = this.find<HTMLButtonElement>('.toggle');
    this.toggle.addEventListener('click', () => events.onToggle());
    this.find('.forget').addEventListener('click', () => {
      events.onForget();
      this.find('.choose').focus(); // the button that was pressed is no longer there
    });
    this.listenForFiles(this.find<HTMLInputElement>('input'), (file) => events.onFile(file));
  }

  /** Shows that there is a program to be compared, or hides all. */
  set isAvailable(isAvailable: boolean) {
    this.element.hidden = !isAvailable;
  }

  set isOn(isOn: boolean) {
    this.toggle.setAttribute('aria-pressed', String(isOn));
    this.find('.body').hidden = !isOn;
  }

  showImage(image: ShownImage | undefined): void {
    this.find('.words').textContent =
      image === undefined
        ? 'Choose MicroPython’s image for the Raspberry Pi Pico, a UF2 or BIN file, or drop it here. It stays in this browser.'
        : `Image: ${image.name}${WHENCE[image.from]}`;
    this.find('.choose').textContent = image === undefined ? 'Choose image…' : 'Other image…';
    this.find('.forget').hidden = image === undefined || image.from === 'server';
    this.find('.both').hidden = image === undefined;
  }

  /** Says what goes on, and whether that is something that failed. */
  showState(text: string, failed = false): void {
    const state = this.find('.state');
    if (state.textContent !== text) state.textContent = text;
    state.dataset['kind'] = failed ? 'failed' : '';
  }

  showRows(rows: readonly Row[]): void {
    this.table.show(rows);
    const list = this.find('dl');
    if (list.childElementCount === rows.length) return;
    list.replaceChildren(
      ...rows.map(({ name, means }) => {
        const [item, term, text] = [document.createElement('div'), document.createElement('dt'), document.createElement('dd')];
        term.textContent = name;
        text.textContent = means;
        item.append(term, text);
        return item;
      }),
    );
  }

  private listenForFiles(input: HTMLInputElement, onFile: (file: File) => void): void {
    this.find('.choose').addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      input.value = ''; // so that the same file can be chosen again
      if (file !== undefined) onFile(file);
    });
    // What is dropped here is not for the page, which would run it in place of its program.
    this.element.addEventListener('drop', (event) => {
      const file = event.dataTransfer?.files[0];
      if (file === undefined || this.find('.body').hidden) return;
      event.preventDefault();
      event.stopPropagation();
      (document.getElementById('drop') as HTMLElement).hidden = true;
      onFile(file);
    });
  }

  private find<K extends HTMLElement = HTMLElement>(selector: string): K {
    return this.element.querySelector<K>(selector) as K;
  }
}
