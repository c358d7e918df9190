import type { MailboxEnd } from './mailbox.js';

/** The parts of what core 0 sends to have core 1 start, after a 0 and a 1. */
export interface Launch {
  readonly vectorTable: number;
  readonly stack: number;
  readonly entry: number;
}

/** Words of the launch, the 1 among them. */
const LAUNCH_WORDS = 4;

/**
 * Where the boot ROM holds core 1 until core 0 has told it through the mailbox what to run.
 *
 * Core 1 answers each word with the same word. A 0, or anything else than a 1 at the start, has it begin again: it empties
 * its end of the mailbox and sends a 0, which it also does out of reset. It sleeps in between, so a word without a `sev` after it is
 * not noticed.
 */
export class HoldingPen {
  private readonly received: number[] = [];
  private answer: number | undefined;
  private isHolding = false;

  constructor(
    private readonly mailbox: MailboxEnd,
    private readonly sendEvent: () => void,
    private readonly launch: (launch: Launch) => void,
  ) {}

  /** Core 1 comes out of reset. */
  enter(): void {
    this.isHolding = true;
    this.mailbox.receive(); // as the ROM does, empty or not: it leaves the error flag set
    this.restart();
    this.wake();
  }

  /** Core 1 is put into reset. */
  leave(): void {
    this.isHolding = false;
  }

  /** Core 1 sees an event. */
  wake(): void {
    while (this.isHolding) {
      if (this.answer !== undefined && !this.sendAnswer(this.answer)) return;
      if (this.received.length === LAUNCH_WORDS) {
        const [, vectorTable, stack, entry] = this.received as [number, number, number, number];
        this.isHolding = false;
        this.launch({ vectorTable, stack, entry });
        return;
      }
      if (this.mailbox.isEmpty) return;
      this.take(this.mailbox.receive());
    }
  }

  private take(word: number): void {
    if (word === 0 || (this.received.length === 0 && word !== 1)) {
      this.restart();
      return;
    }
    this.received.push(word);
    this.answer = word;
  }

  private restart(): void {
    this.mailbox.drain();
    this.received.length = 0;
    this.answer = 0;
  }

  private sendAnswer(word: number): boolean {
    if (!this.mailbox.canSend) return false;
    this.mailbox.send(word);
    this.answer = undefined;
    this.sendEvent();
    return true;
  }
}
