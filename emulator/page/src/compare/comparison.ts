import type { Board } from '../board/board-file.js';
import { fetchBytes } from '../examples.js';
import type { FrameReply, Request } from '../protocol.js';
import { withoutBin } from './bin-file.js';
import { boardPinsOf } from './board-pins.js';
import { type BoardPins, rowsOf, type Side } from './figure-rows.js';
import { type GivenImage, ImageStore } from './image-store.js';
import { Panel, type ShownImage } from './panel.js';
import type { PythonReply, PythonRequest } from './python-protocol.js';
import type { PythonPhase } from './python-run.js';
import { Standing } from './standing.js';

const LONGEST_FILE = 20e6;
const NOTHING: Side = { figures: undefined, size: undefined };

const WORDS: Readonly<Record<PythonPhase, string>> = {
  starting: 'MicroPython starts, and gets the program…',
  ready: 'MicroPython starts, and gets the program…',
  running: 'Both programs have begun.',
  ended: 'The Python program has ended.',
  failed: '',
};

/** Sends something to the emulator of the page. */
export type Send = (request: Request, transfer?: Transferable[]) => void;

/**
 * Runs the MicroPython version of what is on the page beside it, on a board of its own in a worker of its own, to which everything goes that
 * is done to the board of the page.
 *
 * Both begin anew together. MicroPython is started first and gets the program, compiled, until only the byte is missing that executes it;
 * the page's board, which is powered on at the same time, waits for it. From there on both keep in step.
 */
export class Comparison {
  private readonly panel: Panel;
  private readonly store = new ImageStore();
  private readonly standing = new Standing();
  private readonly served = document.querySelector<HTMLMetaElement>('meta[name="uasync-micropython"]')?.content;
  private isWanted = false;
  private hasLooked = false;
  private image: GivenImage | undefined;
  private from: ShownImage['from'] = 'user';
  /** The one that the store was told to keep last. */
  private saved: GivenImage | undefined;
  private program: string | undefined;
  private pins: BoardPins = { hasButton: false, inputs: new Set() };
  private worker: Worker | undefined;
  private boot = -1;
  private cpp = NOTHING;
  private python = NOTHING;

  constructor(element: HTMLElement, private readonly send: Send) {
    this.panel = new Panel(element, {
      onToggle: () => void this.toggle(),
      onFile: (file) => void this.take(file),
      onForget: () => this.forget(),
    });
  }

  /** Something is asked of the emulator of the page, and will be sent to it next. That one passes on what is done to its board. */
  follow(request: Request): void {
    this.standing.note(request);
    if (this.worker === undefined) return;
    if (request.kind === 'reset') this.begin();
    if (request.kind === 'speed') this.tell(request);
  }

  /** The parts around the page's Pico, and so around the other one. */
  useBoard(board: Board): void {
    this.pins = boardPinsOf(board);
  }

  /**
   * Another program runs on the page, or the same anew.
   *
   * @param program the text of the same in Python; undefined if there is none
   */
  show(program: string | undefined): void {
    this.program = program;
    this.panel.isAvailable = program !== undefined;
    this.restart();
  }

  showFrame({ boot, console, figures, size }: FrameReply): void {
    if (boot !== this.boot) this.panel.cpp.clear();
    this.boot = boot;
    if (this.worker === undefined) return;
    this.panel.cpp.show(console);
    this.cpp = { figures, size };
    this.showRows();
  }

  private async toggle(): Promise<void> {
    this.isWanted = !this.isWanted;
    this.panel.isOn = this.isWanted;
    if (!this.hasLooked) await this.lookForImage();
    this.restart();
  }

  /** One that the server gives goes before one that is kept. */
  private async lookForImage(): Promise<void> {
    this.hasLooked = true;
    try {
      const image = this.served === undefined ? await this.store.load() : { name: nameIn(this.served), bytes: await fetchBytes(this.served) };
      if (this.image === undefined) this.from = this.served === undefined ? 'browser' : 'server';
      this.image ??= image; // one may have been chosen meanwhile
    } catch (error) {
      this.panel.showState(error instanceof Error ? error.message : String(error), true);
    }
    this.showImage();
  }

  private async take(file: File): Promise<void> {
    if (file.size > LONGEST_FILE) {
      this.panel.showState(`${file.name} has ${Math.round(file.size / 1e6)} MB: that is no firmware for a Pico.`, true);
      return;
    }
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(await file.arrayBuffer());
    } catch {
      this.panel.showState(`${file.name} cannot be read.`, true); // a folder, or it was removed meanwhile
      return;
    }
    this.image = { name: file.name, bytes: withoutBin(file.name, bytes) };
    this.from = 'user';
    this.showImage();
    this.restart();
  }

  private forget(): void {
    this.image = undefined;
    void this.store.forget();
    this.showImage();
    this.restart();
  }

  private showImage(): void {
    this.panel.showImage(this.image && { name: this.image.name, from: this.from });
  }

  /** Has both programs begin together, if they are to run beside each other, or ends that. */
  private restart(): void {
    if (this.isWanted && this.image !== undefined && this.program !== undefined) {
      this.begin();
      this.send({ kind: 'reset' });
    } else {
      this.end();
    }
  }

  /** The board of the page is about to be powered on. */
  private begin(): void {
    const { image, program } = this;
    if (image === undefined || program === undefined) return;
    // A worker of its own for each run: what an earlier one still had to say is not heard.
    this.worker?.terminate();
    const worker = new Worker(new URL('./python-worker.ts', import.meta.url), { type: 'module', name: 'MicroPython' });
    worker.onmessage = ({ data }: MessageEvent<PythonReply>) => this.showReply(data);
    worker.onerror = ({ message }) => this.fail(message);
    this.worker = worker;
    this.cpp = this.python = NOTHING;
    this.panel.python.clear();
    this.panel.showState(WORDS.starting);
    this.showRows();
    const { port1, port2 } = new MessageChannel();
    this.send({ kind: 'peer', line: port1 }, [port1]);
    for (const request of this.standing.all) this.tell(request);
    this.tell({ kind: 'begin', file: image.bytes, program, line: port2 }, [port2]);
  }

  private end(): void {
    if (this.worker === undefined) return;
    this.worker.terminate();
    this.worker = undefined;
    this.send({ kind: 'peer', line: undefined });
    this.panel.showState('');
  }

  /** @param message undefined if its worker could not even be loaded */
  private fail(message: string | undefined): void {
    this.end(); // or the page's board would wait for it
    this.panel.showState(message === undefined ? 'The emulator of MicroPython could not be loaded: is the server of this page still running?' : `The emulator failed: ${message}`, true);
  }

  private tell(request: PythonRequest, transfer: Transferable[] = []): void {
    this.worker?.postMessage(request, transfer);
  }

  private showReply({ phase, failure, output, figures, size }: PythonReply): void {
    this.panel.python.show(output);
    const hasStarted = phase === 'running' || phase === 'ended';
    this.python = { figures: hasStarted ? figures : undefined, size };
    this.showRows();
    this.panel.showState(failure === '' ? WORDS[phase] : `${this.image?.name ?? ''}: ${failure}`, failure !== '');
    if (hasStarted) void this.keep();
  }

  /** It is known to be MicroPython. */
  private async keep(): Promise<void> {
    const { image } = this;
    if (this.from !== 'user' || image === undefined || this.saved === image) return;
    this.saved = image;
    const isKept = await this.store.save(image);
    if (this.image === undefined) await this.store.forget(); // meanwhile it was to be forgotten
    if (!isKept || this.image !== image) return;
    this.from = 'browser';
    this.showImage();
  }

  private showRows(): void {
    this.panel.showRows(rowsOf(this.cpp, this.python, this.pins));
  }
}

function nameIn(address: string): string {
  return decodeURIComponent(address.slice(address.lastIndexOf('/') + 1));
}
