import './styles/board.css';
import './instruments/index.js';
import { devicesOf } from './board/board.js';
import { type Board, BoardError, DEFAULT_BOARD, parseBoard } from './board/board-file.js';
import { followBuilds } from './builds.js';
import { Console } from './console.js';
import { Emulator } from './emulator.js';
import { type Example, fetchBytes, FetchError, fetchExamples, fetchText } from './examples.js';
import { ShowSource } from './instruments/instrument.js';
import { linkViews } from './instruments/index.js';
import type { Press } from '../../src/board/units.js';
import type { ErrorReply, FrameReply, RecordReply, Request, StateReply } from './protocol.js';
import { SourceView } from './source-view.js';

const FIRST_EXAMPLE = '05_queue';
const LONGEST_FILE = 20e6;

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}

/** The page: passes between the user, the emulator in its worker, and the instruments. */
class Page {
  private readonly board = document.querySelector('uasync-board') as HTMLElementTagNameMap['uasync-board'];
  private readonly timeline = document.querySelector('uasync-timeline') as HTMLElementTagNameMap['uasync-timeline'];
  private readonly logic = document.querySelector('uasync-logic') as HTMLElementTagNameMap['uasync-logic'];
  private readonly tasks = document.querySelector('uasync-tasks') as HTMLElementTagNameMap['uasync-tasks'];
  private readonly choice = element<HTMLSelectElement>('example');
  private readonly runButton = element<HTMLButtonElement>('run');
  private readonly banner = element('banner');
  private readonly cpp = new SourceView(element('source-cpp'));
  private readonly python = new SourceView(element('source-py'));
  private readonly console = new Console(element('console'), (bytes) => this.send({ kind: 'type', bytes }));
  private readonly emulator = new Emulator({
    onState: (state) => this.showState(state),
    onFrame: (frame) => this.showFrame(frame),
    onError: (error) => this.showError(error),
  });

  private examples: readonly Example[] = [];
  private current: Example | undefined;
  /** Whoever asks last is served: what comes later of an earlier wish is dropped. */
  private wish = 0;
  private boot = -1;
  private isRunning = false;
  /** A board that the user has given, in place of the examples' own. */
  private ownBoard: Board | undefined;
  /** The name of the firmware that the user has given last, unless an example was chosen since. */
  private ownFile: string | undefined;

  async start(): Promise<void> {
    linkViews(this.timeline, this.logic);
    this.listen();
    this.useBoard(DEFAULT_BOARD);
    try {
      this.examples = await fetchExamples();
      this.choice.replaceChildren(...this.examples.map(({ name, title }) => new Option(title, name)));
      await this.useBoardOfAddress();
      if (new URLSearchParams(location.search).has('watch')) this.follow();
      else await this.openHash();
    } catch (error) {
      this.complain(error);
    }
  }

  private listen(): void {
    this.board.addEventListener('request', (event) => this.send((event as CustomEvent<Request>).detail));
    this.board.addEventListener('announce', (event) => this.announce((event as CustomEvent<string>).detail));
    this.choice.addEventListener('change', () => void (location.hash = `example=${this.choice.value}`));
    window.addEventListener('hashchange', () => void this.openHash());
    document.addEventListener('show-source', (event) => this.showSource(event as ShowSource));
    this.runButton.addEventListener('click', () => this.toggle());
    element('step').addEventListener('click', () => this.send({ kind: 'step' }));
    element('reset').addEventListener('click', () => this.send({ kind: 'reset' }));
    const speed = element<HTMLSelectElement>('speed');
    speed.addEventListener('change', () => this.send({ kind: 'speed', factor: Number(speed.value) }));
    element('share').addEventListener('click', () => void this.share());
    element('theme').addEventListener('click', () => this.changeTheme());
    element('open').addEventListener('click', () => element('file').click());
    element<HTMLInputElement>('file').addEventListener('change', ({ target }) => {
      const input = target as HTMLInputElement;
      const file = input.files?.[0];
      input.value = ''; // so that the same file can be chosen again
      if (file !== undefined) void this.openFile(file);
    });
    element('banner').querySelector('button')?.addEventListener('click', () => (this.banner.hidden = true));
    document.addEventListener('keydown', (event) => this.shortcut(event));
    this.listenForFiles();
    this.showTheme();
  }

  private listenForFiles(): void {
    const drop = element('drop');
    const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
    document.addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      drop.hidden = false;
    });
    document.addEventListener('dragleave', ({ relatedTarget }) => {
      if (relatedTarget === null) drop.hidden = true;
    });
    document.addEventListener('drop', (event) => {
      drop.hidden = true;
      const file = event.dataTransfer?.files[0];
      if (file === undefined) return;
      event.preventDefault();
      void this.openFile(file);
    });
  }

  // What runs ----------------------------------------------------------------------------------------------------------------------

  private async openHash(): Promise<void> {
    const name = new URLSearchParams(location.hash.slice(1)).get('example') ?? FIRST_EXAMPLE;
    const example = this.examples.find((candidate) => candidate.name === name);
    if (example === undefined) {
      this.complain(new FetchError(`There is no example '${name}'; choose one of the list.`));
      return;
    }
    await this.openExample(example);
  }

  private async openExample(example: Example): Promise<void> {
    const wish = ++this.wish;
    try {
      const [bytes, source, micropython, board] = await Promise.all([
        fetchBytes(example.image),
        fetchText(example.source),
        example.micropython === undefined ? undefined : fetchText(example.micropython),
        example.board === undefined ? undefined : fetchText(example.board),
      ]);
      if (wish !== this.wish) return;
      this.banner.hidden = true;
      this.current = example;
      this.ownFile = undefined;
      this.choice.value = example.name;
      element('summary').textContent = example.summary;
      document.title = `${example.title} · uasync on an emulated Pico`;
      this.cpp.show(`${example.name}.cpp`, source, 'cpp');
      if (micropython === undefined) this.python.clear();
      else this.python.show(`${example.name}.py`, micropython, 'python');
      element('py-figure').hidden = micropython === undefined;
      element('cpp-figure').hidden = false;
      element('no-source').hidden = true;
      this.useBoard(this.ownBoard ?? (board === undefined ? DEFAULT_BOARD : parseBoard(board)));
      this.send({ kind: 'load', name: `${example.name}.elf`, bytes });
    } catch (error) {
      if (wish === this.wish) this.complain(error);
    }
  }

  /** A firmware or a board that the user has dropped or chosen. */
  private async openFile(file: File): Promise<void> {
    const wish = ++this.wish;
    this.banner.hidden = true;
    try {
      if (file.size > LONGEST_FILE) throw new FetchError(`${file.name} has ${Math.round(file.size / 1e6)} MB: that is no firmware for a Pico.`);
      if (/\.json$/i.test(file.name)) {
        const board = parseBoard(await file.text());
        this.ownBoard = board;
        this.useBoard(board);
        this.send({ kind: 'reset' });
        this.announce(`The board of ${file.name} is used.`);
        return;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (wish !== this.wish) return;
      this.ownFile = file.name;
      this.send({ kind: 'load', name: file.name, bytes });
    } catch (error) {
      this.complain(error instanceof BoardError ? new BoardError(`${file.name}: ${error.message}`) : error);
    }
  }

  /** The program that `./uasync watch --page` builds, instead of an example. */
  private follow(): void {
    followBuilds({
      onImage: (name, bytes) => {
        this.wish++;
        this.banner.hidden = true;
        this.ownFile = name;
        this.send({ kind: 'load', name, bytes });
      },
      onFailure: () => this.tell('The program could not be built: the terminal shows why. The one before still runs.'),
      onError: (error) => this.complain(error),
    });
  }

  /** The page is about a file of the user's own. */
  private showOwnFile(name: string): void {
    this.current = undefined;
    element('summary').textContent = `${name}, a file of your own. It stays on this machine.`;
    document.title = `${name} · uasync on an emulated Pico`;
    this.choice.selectedIndex = -1;
    this.cpp.clear();
    this.python.clear();
    element('cpp-figure').hidden = element('py-figure').hidden = true;
    const note = element('no-source');
    note.hidden = false;
    note.textContent = `The source of ${name} is not here: the image holds the names of its files only.`;
  }

  private async useBoardOfAddress(): Promise<void> {
    const address = new URLSearchParams(location.search).get('board');
    if (address === null) return;
    try {
      this.ownBoard = parseBoard(await fetchText(address));
      this.useBoard(this.ownBoard);
    } catch (error) {
      this.complain(error instanceof BoardError ? new BoardError(`${address}: ${error.message}`) : error);
    }
  }

  private useBoard(board: Board): void {
    this.board.setBoard(board);
    this.logic.pins = this.board.namedPins;
    this.send({ kind: 'devices', devices: devicesOf(board) });
  }

  // What the user does ---------------------------------------------------------------------------------------------------------------

  private toggle(): void {
    this.send({ kind: this.isRunning ? 'pause' : 'run' });
  }

  private shortcut(event: KeyboardEvent): void {
    const { target, key, ctrlKey, altKey, metaKey } = event;
    if (event.defaultPrevented || event.repeat || ctrlKey || altKey || metaKey) return;
    if (target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable], uasync-timeline, uasync-logic')) return;
    const wanted = { p: () => this.toggle(), s: () => this.send({ kind: 'step' }), r: () => this.send({ kind: 'reset' }) }[key.toLowerCase()];
    if (wanted === undefined || this.runButton.disabled) return;
    event.preventDefault();
    wanted();
  }

  private async share(): Promise<void> {
    if (this.current === undefined) {
      this.tell('A file of your own stays on this machine, so no link can lead to it. Put it on a web server beside this page to share it.');
      return;
    }
    const link = new URL(`#example=${this.current.name}`, location.href).href;
    try {
      await navigator.clipboard.writeText(link);
      this.flash('share', 'Copied');
      this.announce('The link was copied.');
    } catch {
      this.tell(`The link to this program: ${link}`);
    }
  }

  private flash(id: string, text: string): void {
    const button = element(id);
    const before = button.textContent ?? '';
    if (before === text) return;
    button.textContent = text;
    setTimeout(() => (button.textContent = before), 1500);
  }

  private changeTheme(): void {
    const { dataset } = document.documentElement;
    dataset['theme'] = dataset['theme'] === 'dark' ? 'light' : 'dark';
    localStorage.setItem('theme', dataset['theme']);
    this.showTheme();
  }

  private showTheme(): void {
    element('theme').setAttribute('aria-pressed', String(document.documentElement.dataset['theme'] === 'dark'));
  }

  private send(request: Request): void {
    this.emulator.send(request);
  }

  // What the emulator tells ------------------------------------------------------------------------------------------------------------

  private showState({ state, text, failed }: StateReply): void {
    this.isRunning = state === 'running';
    this.runButton.textContent = this.isRunning ? 'Pause' : 'Run';
    this.runButton.title = `${this.isRunning ? 'Pause' : 'Run'} (P)`;
    this.runButton.disabled = element<HTMLButtonElement>('step').disabled = state === 'ended';
    element<HTMLButtonElement>('reset').disabled = false;
    const shown = element('state');
    shown.textContent = state;
    shown.dataset['kind'] = failed ? 'failed' : state;
    if (state === 'ended' && text !== undefined && !failed) this.announce(`The firmware has ended: ${text}`);
    if (failed && text !== undefined) this.tell(`The firmware ${text}`);
  }

  private showFrame(frame: FrameReply): void {
    if (frame.boot !== this.boot) {
      this.boot = frame.boot;
      this.console.clear();
      if (frame.name === this.ownFile) this.showOwnFile(frame.name);
    }
    this.console.write(frame.console);
    this.board.show(frame);
    this.timeline.showFrame(frame);
    this.logic.showFrame(frame);
    this.tasks.showFrame(frame);
    if (frame.tasks !== undefined) this.cpp.mark(frame.tasks);
    element('time').textContent = `${(frame.nanos / 1e9).toFixed(3)} s`;
    element('ratio').textContent = frame.ratio === undefined ? '–' : frame.ratio >= 9.95 ? `${Math.round(frame.ratio)}×` : `${frame.ratio.toFixed(2)}×`;
    element('asleep').textContent = `${(100 * frame.asleep).toFixed(1)} %`;
  }

  private showError({ name, message }: ErrorReply): void {
    this.tell(name === '' ? message : `${name}: ${message}`);
  }

  private showSource({ detail: { file, line } }: ShowSource): void {
    if (!this.cpp.reveal(file, line)) this.announce(`${file}:${line} is not one of the sources on this page.`);
  }

  private complain(error: unknown): void {
    this.tell(error instanceof Error ? error.message : String(error));
  }

  /** A message that stays until it is closed. */
  private tell(text: string): void {
    (this.banner.firstElementChild as HTMLElement).textContent = text;
    this.banner.hidden = false;
  }

  private announce(text: string): void {
    element('status').textContent = text;
  }

  /** For whoever compares: what the firmware does, to the cycle, without real time. */
  record(seconds: number, presses: readonly Press[]): Promise<RecordReply> {
    return this.emulator.record(seconds * 1e9, presses);
  }
}

const page = new Page();
Object.assign(window, { uasyncTest: { record: page.record.bind(page) } });
void page.start();
