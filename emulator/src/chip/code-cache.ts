import type { RP2040 } from 'rp2040js';
import type { FlashWindow } from '../flash/flash-window.js';
import { FLASH_END, FLASH_START, SIO_START, SRAM_END, SRAM_START } from '../memory-map.js';
import { type BlockTimer, NO_TIMER } from './block-timer.js';
import { PC, PENDING, type Processor } from './processor.js';
import type { CodeUser, StoreGuards } from './store-guards.js';
import { type Code, LONGEST, Translator } from './translator.js';

/** How often a place has to be come by before it is translated: what runs once is not worth it. */
const HOT = 24;

export interface CacheOptions {
  /** How often a place has to be come by before it is translated. */
  readonly hot?: number;
  /** The most instructions of a block. */
  readonly longest?: number;
  /** What blocks read of the timer; nothing where it is left out. */
  readonly timer?: BlockTimer;
}

/**
 * Translated code. Each place at which something starts, the target of a jump or what follows an instruction that only the
 * interpreter executes, is in one of four states:
 *
 *     cold --(came by HOT times)--> translated --(its code changes)--> cold
 *       \--(came by HOT times, and it begins with an instruction for the interpreter)--> interpreted
 *
 * Cold and interpreted code is single-stepped. A block runs only if
 *
 * - no exception is due, none of the debugger's breakpoints is set, and no other core is awake: while one is, each has blocks of
 *   a single instruction, so that they take turns as they do in the interpreter;
 * - the flash can be read as memory: while its chip takes commands, only the interpreter knows what an access finds;
 * - its worst case ends before the next alarm of the clock and before the end of the run.
 *
 * So nothing happens outside the core while a block runs, and within one nothing happens that the outside could see: loads and
 * stores go to RAM and flash, to the dividers, interpolators and spinlocks of the single-cycle IO, and to its inputs; loads also to the
 * timer's raw halves. Before any other access the block is left, and the interpreter executes it with the clock at its own cycle. The same goes
 * for stores to guarded words: those with code, and those that an instrument watches.
 */
export class CodeCache implements CodeUser {
  /** By their numbers, of which most are of no page: not to be gone through. */
  private readonly pages: (Page | undefined)[] = [];
  private readonly madePages: Page[] = [];
  private readonly hot: number;
  private readonly longest: number;
  private readonly timer: BlockTimer | undefined;
  private readonly code: Code;
  private readonly arrays: readonly unknown[];
  private blocksInRam: Block[] = [];
  private ramChanges = 0;
  private isPossible = true;
  private last: Block | undefined;

  constructor(
    private readonly cpu: Processor,
    chip: RP2040,
    private readonly window: FlashWindow,
    private readonly guards: StoreGuards,
    { hot = HOT, longest = LONGEST, timer }: CacheOptions = {},
  ) {
    this.hot = hot;
    this.longest = longest;
    this.timer = timer;
    const { sram, flash } = chip;
    const flashWords = new Int32Array(flash.buffer, 0, flash.length >> 2);
    this.code = {
      halfword: (address) => {
        if (address >= FLASH_START && address < FLASH_END) return chip.flash16[(address - FLASH_START) >> 1];
        return address >= SRAM_START && address < SRAM_END ? chip.sramView.getUint16(address - SRAM_START, true) : undefined;
      },
      constant: (address) => (address >= FLASH_START && address < FLASH_END ? flashWords[(address - FLASH_START) >> 2] : undefined),
    };
    this.arrays = [
      cpu.state, new Int32Array(sram.buffer, 0, sram.length >> 2), new Uint16Array(sram.buffer, 0, sram.length >> 1), sram,
      flashWords, chip.flash16, flash, guards.words, singleCycleIo(chip), timer ?? NO_TIMER,
    ];
    guards.follow(this);
  }

  /** Its core is gone. */
  close(): void {
    this.guards.leave(this);
  }

  /**
   * Runs blocks from the program counter on, while there are any, for at most `budget` cycles.
   *
   * @param isLeader whether something starts at the program counter, rather than being the next instruction
   * @returns how many cycles that took
   */
  run(budget: number, isLeader: boolean): number {
    const { timer } = this;
    const { state } = this.cpu;
    if (this.window.end !== FLASH_END) return 0;
    let block = isLeader ? this.find(state[PC] as number) : this.peek(state[PC] as number);
    if (block === undefined || block.worst > budget) return 0;
    state[PENDING] = this.cpu.hasPending ? 1 : 0;
    let left = budget;
    for (;;) {
      if (timer !== undefined) timer.spent = budget - left;
      const spent = block.run(left);
      if (spent < 0) {
        this.cpu.hasLeftBlock = true;
        return budget - left + ~spent;
      }
      left -= spent;
      const pc = state[PC] as number;
      let next: Block | undefined = block.next;
      if (next === undefined || next.pc !== pc || !next.isAlive) {
        next = this.find(pc);
        block.next = next;
      }
      if (next === undefined || next.worst > left) return budget - left;
      block = next;
    }
  }

  /** To be called before {@link runOne}, after everything else that happened. */
  prepare(): void {
    this.cpu.state[PENDING] = this.cpu.hasPending ? 1 : 0;
  }

  /**
   * Executes an instruction, in a cache whose blocks are that long.
   *
   * @returns its cycles; 0 if it is one for the interpreter
   */
  runOne(): number {
    if (this.window.end !== FLASH_END) return 0;
    const pc = this.cpu.state[PC] as number;
    let block = this.last?.next;
    if (block === undefined || block.pc !== pc || !block.isAlive) {
      block = this.find(pc);
      if (this.last !== undefined) this.last.next = block;
    }
    this.last = block;
    return block === undefined || block.worst === Infinity ? 0 : Math.max(0, block.run(block.worst));
  }

  dropCode(inRamOnly: boolean): void {
    for (const block of this.blocksInRam) block.isAlive = false;
    this.blocksInRam = [];
    this.ramChanges++;
    for (const page of this.madePages) {
      if (inRamOnly && !page.isInRam) continue;
      for (const block of page.blocks) if (block !== undefined) block.isAlive = false;
      page.blocks.fill(undefined);
      page.heat.fill(0);
    }
  }

  private peek(pc: number): Block | undefined {
    return this.pages[pc >>> PAGE_BITS]?.blocks[(pc & PAGE_MASK) >> 1];
  }

  private find(pc: number): Block | undefined {
    const page = this.pages[pc >>> PAGE_BITS] ?? this.makePage(pc);
    if (page === undefined) return undefined;
    const index = (pc & PAGE_MASK) >> 1;
    const found = page.blocks[index];
    if (found !== undefined) return found;
    const heat = page.heat[index] as number;
    if (heat < this.hot) {
      page.heat[index] = heat + 1;
      return undefined;
    }
    const block = this.translate(pc);
    page.blocks[index] = block;
    return block;
  }

  private makePage(pc: number): Page | undefined {
    if (this.code.halfword(pc >>> 0) === undefined || !this.isPossible) return undefined;
    const page = { blocks: new Array<Block | undefined>(PAGE_BYTES >> 1).fill(undefined), heat: new Uint8Array(PAGE_BYTES >> 1), isInRam: pc >= SRAM_START };
    this.pages[pc >>> PAGE_BITS] = page;
    this.madePages.push(page);
    return page;
  }

  private translate(pc: number): Block | undefined {
    const isInRam = pc >= SRAM_START;
    if (isInRam && this.ramChanges > MOST_CHANGES) return undefined;
    if (this.code.halfword(pc >>> 0) === BRANCH_TO_ITSELF) return this.keep({ pc, worst: BRANCH_CYCLES, run: (budget) => this.spin(budget), next: undefined, isAlive: true }, [pc]);
    const translation = new Translator(this.code, pc, this.longest).translate();
    if (translation === undefined) return { pc, worst: Infinity, run: () => 0, next: undefined, isAlive: true };
    const run = this.compile(translation.source);
    if (run === undefined) return undefined;
    return this.keep({ pc, worst: translation.worst, run, next: undefined, isAlive: true }, translation.halfwords);
  }

  /** @param halfwords the addresses of the code that the block is made of */
  private keep(block: Block, halfwords: Iterable<number>): Block {
    if (block.pc < SRAM_START) return block;
    for (const halfword of halfwords) this.guards.setCode((halfword - SRAM_START) >> 2);
    this.blocksInRam.push(block);
    return block;
  }

  /**
   * Waits for an interrupt in a branch to itself, as `while (true) {}` does: for all the time there is. Where none may come, the interpreter finds out whether
   * that is the end.
   */
  private spin(budget: number): number {
    const { cpu } = this;
    return cpu.PM || cpu.IPSR !== 0 ? LEAVE : budget - (budget % BRANCH_CYCLES);
  }

  /** Undefined where functions cannot be made: a page may forbid it. Everything is interpreted then. */
  private compile(source: string): Block['run'] | undefined {
    try {
      // A function of its own for each block, which an engine compiles with the arrays as constants.
      return (new Function(...ARRAYS, `return function(budget){${source}}`) as (...arrays: unknown[]) => Block['run'])(...this.arrays);
    } catch (error) {
      if (!(error instanceof EvalError)) throw error;
      this.isPossible = false;
      this.pages.length = this.madePages.length = 0;
      return undefined;
    }
  }
}

const BRANCH_TO_ITSELF = 0xe7fe;
const BRANCH_CYCLES = 2;
/** What a block returns that has executed nothing and leaves the next instruction to the interpreter. */
const LEAVE = ~0;

/** After so many changes of code in RAM it is not translated any more. */
const MOST_CHANGES = 200;
const PAGE_BITS = 10;
const PAGE_BYTES = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_BYTES - 1;
/** The names by which generated code knows the arrays: state, RAM and flash by words, halfwords and bytes, guards, IO, the timer. */
const ARRAYS = ['S', 'M', 'M16', 'M8', 'F', 'F16', 'F8', 'G', 'Q', 'T'] as const;

interface Page {
  readonly blocks: (Block | undefined)[];
  readonly heat: Uint8Array;
  readonly isInRam: boolean;
}

interface Block {
  readonly pc: number;
  readonly worst: number;
  readonly run: (budget: number) => number;
  /** The block that came after it the last time. */
  next: Block | undefined;
  isAlive: boolean;
}

const SIO_SAFE_START = 0x60;
const SIO_SAFE_END = 0x180;
/** CPUID and GPIO_IN. */
const SIO_INPUTS_END = 0x08;

/** What a block may access of the single-cycle IO: that whose time nobody sees. Not the mailbox and the outputs. */
function singleCycleIo(chip: RP2040): unknown {
  return {
    loads(address: number): boolean {
      const offset = (address - SIO_START) >>> 0;
      return (offset & 3) === 0 && (offset < SIO_INPUTS_END || (offset >= SIO_SAFE_START && offset < SIO_SAFE_END));
    },
    load: (address: number) => chip.sio.readUint32((address - SIO_START) >>> 0),
    stores(address: number): boolean {
      const offset = (address - SIO_START) >>> 0;
      return (offset & 3) === 0 && offset >= SIO_SAFE_START && offset < SIO_SAFE_END;
    },
    store: (address: number, value: number) => chip.sio.writeUint32((address - SIO_START) >>> 0, value >>> 0),
  };
}
