import './styles/board.css';
import './instruments/index.js';
import { Banner } from './banner.js';
import './board/board.js';
import { type Board, BoardError } from './board/board-file.js';
import { type BoardProgram, Boards } from './board/edit/boards.js';
import { followBuilds, followChanges } from './builds.js';
import { Comparison } from './compare/comparison.js';
import { Console } from './console.js';
import { EmbedLink } from './embed-link.js';
import { Emulator } from './emulator.js';
import { type Example, fetchBytes, FetchError, fetchExamples, fetchFiles, type Files, fetchText } from './examples.js';
import { listenForFiles } from './file-drop.js';
import { boardOf, PLAIN_BOARD, readFiles } from './files.js';
import { Heading } from './heading.js';
import { type ImageNames, noteOnSource } from './image-names.js';
import { ShowSource } from './instruments/instrument.js';
import { linkViews, type NamedPin } from './instruments/index.js';
import { NewsBar } from './news-bar.js';
import { Plot } from './plot/plot.js';
import { ProgramList } from './program-list.js';
import type { Press } from '../../src/board/units.js';
import type { TaskSnapshot } from '../../src/tasks/model.js';
import type { ConsolePort, ErrorReply, FrameReply, RecordReply, Request, StateReply } from './protocol.js';
import { RunControls } from './run-controls.js';
import { share } from './share/share.js';
import { fromFragment, ShareError, type SharedProgram } from './share/shared-program.js';
import { Sources } from './sources.js';
import { useThemeButton } from './theme.js';

/** It sleeps most of the time, and something is to be seen from the start. */
const FIRST_EXAMPLE = '04_interval';

/** A program that was asked for: it is shown once it runs. */
interface Program extends BoardProgram {
  readonly bytes: Uint8Array;
  /** A board was given with it, which is used even if the program cannot run. */
  readonly hasNewBoard?: boolean;
  /** The sources that run, if the user has edited the program. */
  readonly edited?: Files | undefined;
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
  private readonly controls = new RunControls((request) => this.send(request), () => this.showLongest());
  private readonly limit = element<HTMLSelectElement>('limit');
  private readonly pauseOnStep = element<HTMLInputElement>('pause-on-step');
  private readonly banner = new Banner(element('banner'));
  private readonly news = new NewsBar(element('news'), (text) => this.announce(text));
  private readonly heading = new Heading(this.list, (title) => this.news.setTitle(title));
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
  private readonly boards = new Boards(this.board, { send: (request) => this.send(request), onBoard: (board, pins) => this.showBoard(board, pins) });
  private examples: readonly Example[] = [];
  private current: Example | undefined;
  /** Whoever asks last is served: what comes later of an earlier wish is dropped. */
  private wish = 0;
  private boot = -1;
  /** What the emulator was given last, until it runs. */
  private pending: Program | undefined;
  private shown: Program | undefined;

  async start(): Promise<void> {
    linkViews(this.timeline, this.logic);
    this.listen();
    this.boards.use({ file: '', board: PLAIN_BOARD });
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
    element('share').addEventListener('click', () => this.share());
    element('console-clear').addEventListener('click', () => this.console.clear());
    element('console-save').addEventListener('click', () => this.console.save());
    for (const control of [this.limit, this.pauseOnStep]) control.addEventListener('change', () => this.changeLimit());
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
    const asked = new URLSearchParams(location.hash.slice(1));
    const shared = asked.get('shared');
    if (shared !== null) return this.openShared(fromFragment(shared));
    const name = asked.get('example') ?? this.examples.find(({ own }) => own === true)?.name ?? FIRST_EXAMPLE;
    const example = this.examples.find((candidate) => candidate.name === name);
    if (example === undefined) {
      this.banner.clear();
      this.complain(new FetchError(`There is no example '${name}'; choose one of the list.`));
      return;
    }
    await this.openExample(example);
  }

  /** @param shared what somebody has made of it */
  private async openExample(example: Example, shared?: SharedProgram): Promise<void> {
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
      const file = `${example.name}.elf`;
      if (shared !== undefined) this.boards.take(shared, file, this.banner);
      const edited = shared && this.sources.take(example, sources, shared, this.banner);
      this.load({
        file,
        bytes: (edited && shared?.image) ?? bytes, // an image without its sources would pass for the example
        board: board === undefined ? PLAIN_BOARD : boardOf(example.name, board),
        edited,
        show: (names, edited) => this.showExample(example, names, sources, micropython, edited),
      });
    } catch (error) {
      if (wish !== this.wish) return;
      this.banner.clear();
      this.complain(error);
      this.heading.showChoice();
    }
  }

  /** What the user has edited and compiled, in place of the program that it was. */
  private runEdited(bytes: Uint8Array, edited: Files): void {
    const { shown } = this;
    if (shown === undefined) return;
    this.wish++;
    this.banner.clear();
    this.load({ ...shown, bytes, hasNewBoard: false, edited });
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
    const { board, image, shared, problems } = await readFiles(files);
    if (wish !== this.wish) return;
    for (const problem of problems) this.banner.tell(problem);
    if (shared !== undefined) return this.openShared(shared);
    if (board !== undefined) {
      this.boards.give(board);
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
    this.load({ file: name, bytes, board: this.boards.ofFile(name), hasNewBoard, show: (names) => this.showOwnFile(name, names) });
  }

  private load(program: Program): void {
    this.pending = program;
    this.boards.use(program);
    this.send({ kind: 'load', name: program.file, bytes: program.bytes });
  }

  /** @param edited the sources that run, if they are not the example's own */
  private showExample(example: Example, names: ImageNames, sources: Files, micropython: string | undefined, edited?: Files): void {
    this.current = example;
    this.heading.showExample(example);
    if (sources.size === 0) this.sources.clear(noteOnSource(`${example.name}.elf`, names));
    else this.sources.show(example, sources, micropython, edited);
    this.comparison.show(micropython);
  }

  /** The page is about a file of the user's own, or of somebody who has shared it. */
  private showOwnFile(name: string, names: ImageNames, shared?: Files): void {
    this.current = undefined;
    this.heading.showFile(name, shared === undefined ? 'a file of your own. It stays on this machine.' : 'which was shared with you.');
    if (shared === undefined || shared.size === 0) this.sources.clear(noteOnSource(name, names));
    else this.sources.show({ name }, shared, undefined);
    this.comparison.show(undefined);
  }

  // What is shared -------------------------------------------------------------------------------------------------------------------

  private share(): void {
    const { shown, current } = this;
    if (shown === undefined) return;
    const isExample = current !== undefined && current.own !== true;
    const image = isExample && !this.sources.runAsEdited ? undefined : shown.bytes;
    const board = isExample ? this.boards.given : this.boards.shown;
    const program = { program: current?.name ?? shown.file, board: board?.text, sources: isExample ? this.sources.edits : this.sources.texts, image };
    void share(program, isExample, { tell: (text) => this.banner.tell(text), announce: (text) => this.announce(text) });
  }

  private async openShared(reading: SharedProgram | Promise<SharedProgram>): Promise<void> {
    const wish = ++this.wish;
    this.sources.giveUp();
    try {
      const shared = await reading;
      if (wish !== this.wish) return;
      const { program, image, sources } = shared;
      const example = this.examples.find(({ name, own }) => name === program && own !== true);
      if (example === undefined && image === undefined) throw new ShareError(`This page has no example '${program}', which was shared.`);
      if (example !== undefined) return await this.openExample(example, shared);
      this.banner.clear();
      this.boards.take(shared, program, this.banner);
      this.load({ file: program, bytes: image as Uint8Array, board: PLAIN_BOARD, show: (names) => this.showOwnFile(program, names, sources) });
    } catch (error) {
      if (wish === this.wish) this.complain(error);
    }
  }

  private async useBoardOfAddress(): Promise<void> {
    const address = new URLSearchParams(location.search).get('board');
    if (address === null) return;
    try {
      const text = await fetchText(address);
      this.boards.give(boardOf(address, text));
    } catch (error) {
      this.complain(error instanceof BoardError ? new BoardError(`${address}: ${error.message}`) : error);
    }
  }

  private showBoard(board: Board, pins: readonly NamedPin[]): void {
    this.comparison.useBoard(board);
    this.logic.pins = pins;
  }

  // What the user does ---------------------------------------------------------------------------------------------------------------

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
    this.controls.showState(reply);
    this.news.showState(reply);
    this.embed.tell(reply);
    if (reply.failed && reply.text !== undefined) this.banner.tell(reply.text);
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
    this.controls.showFrame(frame);
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
    this.heading.showChoice();
    if (shown !== undefined) this.boards.use(shown);
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
