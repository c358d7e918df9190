import './styles/board.css';
import './instruments/index.js';
import { Banner } from './banner.js';
import { devicesOf } from './board/board.js';
import { type Board, BoardError, DEFAULT_BOARD, parseBoard } from './board/board-file.js';
import { followBuilds, followChanges } from './builds.js';
import { Comparison } from './compare/comparison.js';
import { Console } from './console.js';
import { EmbedLink } from './embed-link.js';
import { Emulator } from './emulator.js';
import { type Example, fetchBytes, FetchError, fetchExamples, fetchFiles, type Files, fetchText } from './examples.js';
import { listenForFiles } from './file-drop.js';
import { readFiles } from './files.js';
import { type ImageNames, noteOnSource } from './image-names.js';
import { ShowSource } from './instruments/instrument.js';
import { linkViews } from './instruments/index.js';
import { NewsBar } from './news-bar.js';
import { Plot } from './plot/plot.js';
import { ProgramList } from './program-list.js';
import type { Press } from '../../src/board/units.js';
import type { TaskSnapshot } from '../../src/tasks/model.js';
import type { ConsolePort, ErrorReply, FrameReply, RecordReply, Request, StateReply } from './protocol.js';
import { shareLink } from './share.js';
import { letterOf } from './shortcuts.js';
import { Sources } from './sources.js';
import { useThemeButton } from './theme.js';

/** It sleeps most of the time, and something is to be seen from the start. */
const FIRST_EXAMPLE = '04_interval';
const NAME = 'uasync on an emulated Pico';

/** A program that was asked for: it is shown once it runs. */
interface Program {
  /** The file that the emulator was given. */
  readonly file: string;
  readonly board: Board;
  /** A board was given with it, which is used even if the program cannot run. */
  readonly hasNewBoard?: boolean;
  /** The sources that run, if the user has edited the program. */
  readonly edited?: Files;
  show(names: ImageNames, edited?: Files): void;
}

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}

/** The page: passes between the user, the emulator in its worker, and the instruments. */
class Page {
  private readonly board = document.querySelector('uasync-board') as HTMLElementTagNameMap['uasync-board'];
  private readonly timeline = document.querySelector('uasync-timeline') as HTMLElementTagNameMap['uasync-timeline'];
  private readonly logic = document.querySelector('uasync-logic') as HTMLElementTagNameMap['uasync-logic'];
  private readonly tasks = document.querySelector('uasync-tasks') as HTMLElementTagNameMap['uasync-tasks'];
  private readonly list = new ProgramList(element<HTMLSelectElement>('example'), (name) => this.choose(name));
  private readonly runButton = element<HTMLButtonElement>('run');
  private readonly limit = element<HTMLSelectElement>('limit');
  private readonly pauseOnStep = element<HTMLInputElement>('pause-on-step');
  private readonly banner = new Banner(element('banner'));
  private readonly news = new NewsBar(element('news'), (text) => this.announce(text));
  private readonly sources = new Sources({
    onImage: (image, files) => this.runEdited(image, files),
    onRevert: () => this.current && void this.openExample(this.current),
    onEdited: (name, isEdited) => this.examples.forEach((example) => example.name === name && this.list.showEdited(example, isEdited)),
  });
  private readonly console = new Console(element('console'), new Plot(element('console-plot'), element('plot')), (bytes) => this.send({ kind: 'type', bytes, port: element<HTMLSelectElement>('console-port').value as ConsolePort }));
  private readonly emulator = new Emulator({
    onState: (state) => this.showState(state),
    onFrame: (frame) => this.showFrame(frame),
    onTyped: ({ text }) => this.showTyped(text),
    onError: (error) => this.showError(error),
  });

  private readonly embed = new EmbedLink((message) => {
    if (message.uasync === 'open') this.choose(message.example);
    else if (message.uasync === 'type') this.send({ kind: 'type', bytes: new TextEncoder().encode(message.text), port: 'both' });
    else this.send({ kind: message.uasync });
  });
  private readonly comparison = new Comparison(element('compare'), (request, transfer) => this.emulator.send(request, transfer));
  private examples: readonly Example[] = [];
  private current: Example | undefined;
  /** Whoever asks last is served: what comes later of an earlier wish is dropped. */
  private wish = 0;
  private boot = -1;
  private isRunning = false;
  /** A board that the user has given, in place of the examples' own. */
  private ownBoard: Board | undefined;
  /** What the emulator was given last, until it runs. */
  private pending: Program | undefined;
  private shown: Program | undefined;

  async start(): Promise<void> {
    linkViews(this.timeline, this.logic);
    this.listen();
    this.useBoard(DEFAULT_BOARD);
    try {
      this.examples = await fetchExamples();
      this.list.fill(this.examples);
      for (const example of this.examples) this.list.showEdited(example, this.sources.isEdited(example.name));
      if (this.examples.some(({ own }) => own === true)) this.followOwn();
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
    window.addEventListener('hashchange', () => void this.openHash());
    document.addEventListener('show-source', (event) => this.showSource(event as ShowSource));
    document.addEventListener('tell-user', (event) => this.banner.tell((event as CustomEvent<string>).detail));
    this.runButton.addEventListener('click', () => this.toggle());
    element('step').addEventListener('click', () => this.send({ kind: 'step' }));
    element('reset').addEventListener('click', () => this.send({ kind: 'reset' }));
    const speed = element<HTMLSelectElement>('speed');
    speed.addEventListener('change', () => this.send({ kind: 'speed', factor: Number(speed.value) }));
    element('share').addEventListener('click', () => void shareLink(this.current?.name, this.banner, (text) => this.announce(text)));
    element('console-clear').addEventListener('click', () => this.console.clear());
    element('console-save').addEventListener('click', () => this.console.save());
    element('longest').addEventListener('click', () => this.showLongest());
    for (const control of [this.limit, this.pauseOnStep]) control.addEventListener('change', () => this.changeLimit());
    document.addEventListener('keydown', (event) => this.shortcut(event));
    listenForFiles(element('open'), element<HTMLInputElement>('file'), element('drop'), (files) => void this.openFiles(files));
    useThemeButton(element('theme'));
    this.changeLimit();
  }

  // What runs ----------------------------------------------------------------------------------------------------------------------

  private choose(name: string): void {
    const hash = `#example=${name}`;
    if (location.hash === hash) void this.openHash(); // chosen before, but could not be had, or a file was opened since
    else location.hash = hash;
  }

  private async openHash(): Promise<void> {
    const name = new URLSearchParams(location.hash.slice(1)).get('example') ?? this.examples.find(({ own }) => own === true)?.name ?? FIRST_EXAMPLE;
    const example = this.examples.find((candidate) => candidate.name === name);
    if (example === undefined) {
      this.banner.clear();
      this.complain(new FetchError(`There is no example '${name}'; choose one of the list.`));
      return;
    }
    await this.openExample(example);
  }

  private async openExample(example: Example): Promise<void> {
    const wish = ++this.wish;
    this.sources.giveUp();
    try {
      const [bytes, sources, micropython, board] = await Promise.all([
        fetchBytes(example.image),
        fetchFiles(example),
        example.micropython === undefined ? undefined : fetchText(example.micropython),
        example.board === undefined ? undefined : fetchText(example.board),
      ]);
      if (wish !== this.wish) return;
      this.banner.clear();
      this.load(bytes, {
        file: `${example.name}.elf`,
        board: this.ownBoard ?? (board === undefined ? DEFAULT_BOARD : parseBoard(board)),
        show: (names, edited) => this.showExample(example, names, sources, micropython, edited),
      });
    } catch (error) {
      if (wish !== this.wish) return;
      this.banner.clear();
      this.complain(error);
      this.showChoice();
    }
  }

  /** What the user has edited and compiled, in place of the program that it was. */
  private runEdited(bytes: Uint8Array, edited: Files): void {
    const { shown } = this;
    if (shown === undefined) return;
    this.wish++;
    this.banner.clear();
    this.load(bytes, { ...shown, hasNewBoard: false, edited });
  }

  /** The programs of the folder that `./uasync demo` was given. */
  private followOwn(): void {
    followChanges({
      onChanged: (name) => this.current?.name === name && void this.openExample(this.current),
      onFailed: (name, text) => this.current?.name === name && this.banner.tell(text),
    });
  }

  /** Firmware, boards, or both that the user has dropped or chosen. */
  private async openFiles(files: readonly File[]): Promise<void> {
    const wish = ++this.wish;
    this.sources.giveUp();
    this.banner.clear();
    const { board, image, problems } = await readFiles(files);
    if (wish !== this.wish) return;
    for (const problem of problems) this.banner.tell(problem);
    if (board !== undefined) {
      this.ownBoard = board.board;
      this.useBoard(board.board);
      this.announce(`The board of ${board.name} is used.`);
    }
    if (image !== undefined) this.loadOwn(image.name, image.bytes, board !== undefined);
    else if (board !== undefined) this.send({ kind: 'reset' });
  }

  /** The program that `./uasync watch --page` builds, instead of an example. */
  private follow(): void {
    followBuilds({
      onImage: (name, bytes) => {
        this.wish++;
        this.banner.clear();
        this.loadOwn(name, bytes);
      },
      onFailure: () => this.banner.tell('The program could not be built: the terminal shows why. The one before still runs.'),
      onError: (error) => this.complain(error),
    });
  }

  private loadOwn(name: string, bytes: Uint8Array, hasNewBoard = false): void {
    const board = this.ownBoard ?? this.shown?.board ?? DEFAULT_BOARD;
    this.load(bytes, { file: name, board, hasNewBoard, show: (names) => this.showOwnFile(name, names) });
  }

  private load(bytes: Uint8Array, program: Program): void {
    this.pending = program;
    this.useBoard(program.board);
    this.send({ kind: 'load', name: program.file, bytes });
  }

  /** @param edited the sources that run, if they are not the example's own */
  private showExample(example: Example, names: ImageNames, sources: Files, micropython: string | undefined, edited?: Files): void {
    this.current = example;
    element('shows').textContent = example.summary;
    element('todo').textContent = example.todo;
    this.news.setTitle(`${example.title} · ${NAME}`);
    if (sources.size === 0) this.sources.clear(noteOnSource(`${example.name}.elf`, names));
    else this.sources.show(example, sources, micropython, edited);
    this.comparison.show(micropython);
    this.list.showExample(example.name);
  }

  /** The page is about a file of the user's own. */
  private showOwnFile(name: string, names: ImageNames): void {
    this.current = undefined;
    element('shows').textContent = `${name}, a file of your own. It stays on this machine.`;
    element('todo').textContent = '';
    this.news.setTitle(`${name} · ${NAME}`);
    this.list.showFile(name);
    this.sources.clear(noteOnSource(name, names));
    this.comparison.show(undefined);
  }

  /** What was chosen cannot be had: the list says again what runs. */
  private showChoice(): void {
    if (this.current !== undefined) this.list.showExample(this.current.name);
    else if (this.shown !== undefined) this.list.showFile(this.shown.file);
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
    this.comparison.useBoard(board);
    this.logic.pins = this.board.namedPins;
    this.send({ kind: 'devices', devices: devicesOf(board) });
  }

  // What the user does ---------------------------------------------------------------------------------------------------------------

  private toggle(): void {
    this.send({ kind: this.isRunning ? 'pause' : 'run' });
  }

  private shortcut(event: KeyboardEvent): void {
    const letter = letterOf(event) ?? '';
    const wanted = { p: () => this.toggle(), s: () => this.send({ kind: 'step' }), r: () => this.send({ kind: 'reset' }), l: () => this.showLongest() }[letter];
    if (wanted === undefined || (this.runButton.disabled && letter !== 'l')) return;
    event.preventDefault();
    wanted();
  }

  private showLongest(): void {
    if (!this.timeline.showLongest()) this.announce('No task has run yet.');
  }

  private changeLimit(): void {
    const nanos = Number(this.limit.value);
    this.news.hogNanos = this.timeline.hogNanos = this.tasks.hogNanos = nanos;
    this.send({ kind: 'pauseOnStep', nanos: this.pauseOnStep.checked ? nanos : Infinity });
    this.send({ kind: 'snapshot' });
  }

  private send(request: Request): void {
    this.comparison.follow(request);
    this.emulator.send(request);
  }

  // What the emulator tells ------------------------------------------------------------------------------------------------------------

  private showState(reply: StateReply): void {
    const { state, text, failed } = reply;
    this.isRunning = state === 'running';
    this.runButton.textContent = this.isRunning ? 'Pause' : 'Run';
    this.runButton.title = `${this.isRunning ? 'Pause' : 'Run'} (P)`;
    this.runButton.disabled = element<HTMLButtonElement>('step').disabled = state === 'ended';
    element<HTMLButtonElement>('reset').disabled = false;
    const shown = element('state');
    shown.textContent = state === 'running' && reply.isOver ? 'main ended' : state;
    shown.dataset['kind'] = failed ? 'failed' : state;
    this.news.showState(reply);
    this.embed.tell(reply);
    if (failed && text !== undefined) this.banner.tell(text);
  }

  private showFrame(frame: FrameReply): void {
    if (frame.boot !== this.boot) {
      this.boot = frame.boot;
      this.console.clear();
      this.showTyped('');
      this.showProgram(frame);
    }
    this.console.showFrame(frame);
    this.comparison.showFrame(frame);
    this.board.show(frame);
    this.timeline.showFrame(frame);
    this.logic.showFrame(frame);
    this.tasks.showFrame(frame);
    if (frame.tasks !== undefined) this.showTasks(frame.tasks);
    element('time').textContent = `${(frame.nanos / 1e9).toFixed(3)} s`;
    element('ratio').textContent = frame.ratio === undefined ? '–' : frame.ratio >= 9.95 ? `${Math.round(frame.ratio)}×` : `${frame.ratio.toFixed(2)}×`;
    element('asleep').textContent = `${(100 * frame.asleep).toFixed(1)} %`;
  }

  /** Whether what was typed is read. */
  private showTyped(text: string): void {
    const note = element('console-note');
    note.hidden = text === '';
    if (note.textContent !== text) note.textContent = text;
  }

  private showTasks(tasks: TaskSnapshot): void {
    this.sources.mark(tasks);
    const longest = this.timeline.longestStep;
    this.news.showTasks(tasks, longest && { task: longest.lane.name, nanos: longest.end - longest.start });
  }

  /** A board was powered on: with what was asked for last, or with the same program as before. */
  private showProgram({ name, names }: FrameReply): void {
    const { pending } = this;
    if (pending?.file !== name) return;
    this.pending = undefined;
    this.shown = pending;
    pending.show(names, pending.edited);
  }

  /** A firmware that cannot be run leaves everything as it was. */
  private showError({ name, message }: ErrorReply): void {
    this.banner.tell(name === '' ? message : `${name}: ${message}`);
    const { pending, shown } = this;
    if (pending?.file !== name) return;
    this.pending = undefined;
    this.showChoice();
    if (shown !== undefined) this.useBoard(this.ownBoard ?? shown.board);
    if (pending.hasNewBoard) this.send({ kind: 'reset' });
  }

  private showSource({ detail: { file, line } }: ShowSource): void {
    if (!this.sources.reveal(file, line)) this.announce(`${file}:${line} is not one of the sources on this page.`);
  }

  private complain(error: unknown): void {
    this.banner.tell(error instanceof Error ? error.message : String(error));
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
