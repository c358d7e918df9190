import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import type { HeadlessRun, Outcome } from '../board/headless.js';
import type { Pico } from '../board/pico.js';
import { UsageError } from '../board/units.js';
import type { Options } from './options.js';

/** How long a key press holds the button, in simulated time. */
const PRESS_NANOS = 100e6;
/** How often the firmware catches up with the wall clock. */
const SLICE_MILLIS = 10;
/** Instructions at a time, so that keys are answered even where the emulator is slower than the board: some 10 ms. */
const BUDGET = 300_000;
/** Further behind the wall clock than this, simulated time is let fall behind rather than made up for in a rush. */
const MAX_LAG_NANOS = 50e6;

const CTRL_C = '\x03';
const CLEAR_LINE = '\r\x1b[2K';
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

/**
 * The board in a terminal, in real time: console lines scroll above a status line with the LED and the button, the space bar
 * presses the button, `q` or Ctrl-C quits.
 */
export class TerminalBoard {
  private readonly hasStatusLine = process.stdout.isTTY;
  private readonly hasColours = process.stdout.isTTY && !process.env['NO_COLOR'];
  private status = '';
  private releaseAt: number | undefined;
  private quits = false;

  /** @throws UsageError if there is no terminal to read keys from */
  constructor(private readonly options: Options) {
    if (!process.stdin.isTTY) {
      throw new UsageError('--interactive needs a terminal for its keys; without one, run headless: leave out --interactive (for the demo: --headless)');
    }
  }

  /** Shows a line of the console above the status line. */
  print(bytes: Uint8Array): void {
    if (this.hasStatusLine) process.stdout.write(CLEAR_LINE);
    process.stdout.write(bytes);
    if (bytes.at(-1) !== '\n'.charCodeAt(0)) process.stdout.write('\n');
    if (this.hasStatusLine) process.stdout.write(this.status);
  }

  /** Runs until the firmware ends, the time is up or the user quits. Leaves the terminal as it was. */
  async run(headless: HeadlessRun): Promise<Outcome> {
    const quit = (): void => {
      this.quits = true;
    };
    const onKeys = (keys: string): void => this.handle(keys, headless.pico);
    const restore = (): void => {
      process.stdin.setRawMode(false);
      if (this.hasStatusLine) process.stdout.write(CLEAR_LINE + SHOW_CURSOR);
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

    process.once('exit', restore); // for an error that ends the program somewhere else
    for (const signal of signals) process.once(signal, quit);
    process.stdin.setRawMode(true).setEncoding('utf8').on('data', onKeys).resume();
    if (this.hasStatusLine) process.stdout.write(HIDE_CURSOR);
    try {
      return await this.follow(headless);
    } finally {
      process.stdin.off('data', onKeys).pause();
      for (const signal of signals) process.off(signal, quit);
      process.off('exit', restore);
      restore();
    }
  }

  private async follow(headless: HeadlessRun): Promise<Outcome> {
    const { pico } = headless;
    pico.awaitsInput = true;
    // Simulated time is wall time minus this.
    let offset = performance.now() * 1e6 - pico.nanos;
    for (;;) {
      const now = performance.now() * 1e6 - offset;
      const outcome = headless.advance(BUDGET, Math.min(now, this.releaseAt ?? now));
      if (outcome !== undefined) return outcome;
      if (this.quits) return headless.interrupt();
      if (this.releaseAt !== undefined && pico.nanos >= this.releaseAt) {
        pico.setButton(this.options.button, false);
        this.releaseAt = undefined;
      }
      this.drawStatus(pico);
      const lag = now - pico.nanos;
      if (lag > MAX_LAG_NANOS) offset += lag;
      await setTimeout(lag > 0 ? 0 : SLICE_MILLIS);
    }
  }

  private handle(keys: string, pico: Pico): void {
    for (const key of keys) {
      if (key === 'q' || key === CTRL_C) this.quits = true;
      if (key === ' ') {
        pico.setButton(this.options.button, true);
        this.releaseAt = pico.nanos + PRESS_NANOS;
      }
    }
  }

  private drawStatus(pico: Pico): void {
    if (!this.hasStatusLine) return;
    const { led, button } = this.options;
    const isLit = pico.level(led) === 1;
    const isPressed = this.releaseAt !== undefined;
    const seconds = (pico.nanos / 1e9).toFixed(1);
    const rest = `  GP${button} ${isPressed ? 'pressed ' : 'released'}  t=${seconds} s   [space] press  [q] quit`;
    // A status line that wrapped could not be redrawn in place.
    const fitting = rest.slice(0, Math.max(0, process.stdout.columns - 'LED ●'.length - 1));
    const status = `LED ${isLit ? this.colour('●', 32) : '○'}${isPressed ? this.colour(fitting, 1) : fitting}`;
    if (status === this.status) return;
    this.status = status;
    process.stdout.write(CLEAR_LINE + status);
  }

  private colour(text: string, code: number): string {
    return this.hasColours ? `\x1b[${code}m${text}\x1b[0m` : text;
  }
}
