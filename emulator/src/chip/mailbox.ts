const FIFO_ST = 0x50;
const FIFO_WR = 0x54;
const FIFO_RD = 0x58;
const DEPTH = 8;

const VALID = 1 << 0;
const READY = 1 << 1;
const WRITE_OVERFLOW = 1 << 2;
const READ_ON_EMPTY = 1 << 3;

/** SIO_IRQ_PROC0; that of core 1 is the next. */
const MAILBOX_INTERRUPT = 15;

/** One end of the mailbox between the cores: the words that wait for a core, and what went wrong on its side. */
export class MailboxEnd {
  private readonly words: number[] = [];
  private errors = 0;

  /**
   * @param core the core that reads from this end
   * @param interrupt sets a line of that core's interrupt controller
   */
  constructor(
    private readonly core: number,
    private readonly interrupt: (irq: number, asserted: boolean) => void,
    private readonly other: () => MailboxEnd,
  ) {}

  get isEmpty(): boolean {
    return this.words.length === 0;
  }

  get canSend(): boolean {
    return !this.other().isFull;
  }

  private get isFull(): boolean {
    return this.words.length === DEPTH;
  }

  /** Sends a word to the other core. One that does not fit is lost. */
  send(word: number): void {
    const other = this.other();
    if (other.isFull) this.errors |= WRITE_OVERFLOW;
    else other.words.push(word >>> 0);
    this.update();
    other.update();
  }

  /** Takes the oldest word; 0 where there is none. */
  receive(): number {
    const word = this.words.shift();
    if (word === undefined) this.errors |= READ_ON_EMPTY;
    this.update();
    return word ?? 0;
  }

  drain(): void {
    this.words.length = 0;
    this.update();
  }

  /** True if a SIO register belongs to the mailbox. */
  static has(offset: number): boolean {
    return offset >= FIFO_ST && offset <= FIFO_RD;
  }

  read(offset: number): number {
    if (offset === FIFO_RD) return this.receive();
    if (offset === FIFO_WR) return 0;
    return this.errors | (this.isEmpty ? 0 : VALID) | (this.canSend ? READY : 0);
  }

  write(offset: number, value: number): void {
    if (offset === FIFO_WR) {
      this.send(value);
    } else if (offset === FIFO_ST) {
      this.errors = 0; // whatever is written
      this.update();
    }
  }

  /** Asks for the interrupt where there is something to read or something went wrong. */
  update(): void {
    this.interrupt(MAILBOX_INTERRUPT + this.core, !this.isEmpty || this.errors !== 0);
  }
}
