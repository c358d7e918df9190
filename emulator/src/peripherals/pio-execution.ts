import { reverseBits } from './dma-sniffer.js';
import { PioFifo } from './pio-fifo.js';
import { PioOutputs } from './pio-outputs.js';
import { PioSettings } from './pio-settings.js';

const WORD = 32;

/** What a stalled machine waits for. */
export type Stall = 'pin' | 'flag' | 'tx' | 'rx' | 'refill';

/** What a machine needs of its block. */
export interface MachineSurroundings {
  readonly program: Uint16Array;
  /** The interrupt flags as they are at the start of the cycle. */
  readonly flags: number;
  /** The levels of all pins. */
  readonly inputs: number;
  setFlag(flag: number): void;
  clearFlag(flag: number): void;
  /** A FIFO has another level. */
  onFifo(machine: PioExecution): void;
  /** Data was lost, or the machine has stalled at a FIFO: bits of FDEBUG, for machine 0. */
  onDebug(bit: number, machine: PioExecution): void;
}

export const FDEBUG_RXSTALL = 1 << 0;
export const FDEBUG_TXSTALL = 1 << 24;

/** The registers of a state machine, and its nine instructions (RP2040 datasheet 3.4). */
export class PioExecution {
  readonly settings = new PioSettings();
  readonly tx = new PioFifo();
  readonly rx = new PioFifo();
  readonly outputs = new PioOutputs(this.settings);
  pc = 0;
  x = 0;
  y = 0;

  /** An instruction that `out exec`, `mov exec` or the bus has put before those of the program. */
  protected pending: number | undefined;
  /** `irq wait` has set its flag, and waits for somebody to clear it. */
  protected hasSetFlag = false;
  protected hasJumped = false;

  private input = 0;
  private inputCount = 0;
  private output = 0;
  private outputCount = WORD;
  private readonly kept = new Uint32Array(7);

  constructor(
    readonly index: number,
    protected readonly around: MachineSurroundings,
  ) {}

  /** Keeps the registers, for {@link recall}. */
  protected remember(): void {
    const { kept } = this;
    kept[0] = this.pc;
    kept[1] = this.x;
    kept[2] = this.y;
    kept[3] = this.input;
    kept[4] = this.inputCount;
    kept[5] = this.output;
    kept[6] = this.outputCount;
  }

  /** Puts them back to what they were. */
  protected recall(): void {
    [this.pc, this.x, this.y, this.input, this.inputCount, this.output, this.outputCount] = this.kept as unknown as [number, number, number, number, number, number, number];
  }

  /** Empties the shift registers. */
  protected clearShifts(): void {
    this.input = this.inputCount = 0;
    this.outputCount = WORD;
  }

  protected get lacksOutput(): boolean {
    return this.settings.autopull && this.outputCount >= this.settings.pullThreshold;
  }

  /** Takes a word for the output shift register without being told to, where autopull is on. */
  protected refill(): void {
    if (!this.lacksOutput || this.tx.isEmpty) return;
    this.output = this.tx.pull();
    this.outputCount = 0;
    this.around.onFifo(this);
  }

  /** @returns what it is stalled at; undefined where it is done */
  protected execute(opcode: number): Stall | undefined {
    const argument = (opcode >>> 5) & 7;
    const low = opcode & 0x1f;
    const kind = opcode >>> 13;
    if (kind === 3) return this.out(argument, low || WORD);
    const stall = this.executePlain(kind, argument, low);
    if (this.settings.autopull) this.refill();
    return stall;
  }

  private executePlain(kind: number, argument: number, low: number): Stall | undefined {
    switch (kind) {
      case 0:
        if (this.isTrue(argument)) this.jump(low);
        return undefined;
      case 1:
        return this.wait(argument, low);
      case 2:
        return this.in(argument, low || WORD);
      case 4:
        return argument & 4 ? this.pull((argument & 2) !== 0, (argument & 1) !== 0) : this.push((argument & 2) !== 0, (argument & 1) !== 0);
      case 5:
        this.move(argument, low >> 3, low & 7);
        return undefined;
      case 6:
        return this.interrupt(argument, low);
      default:
        this.set(argument, low);
        return undefined;
    }
  }

  private jump(target: number): void {
    this.pc = target & 0x1f;
    this.hasJumped = true;
  }

  private isTrue(condition: number): boolean {
    switch (condition) {
      case 1:
        return this.x === 0;
      case 2:
        this.x = (this.x - 1) >>> 0;
        return this.x !== 0xffffffff;
      case 3:
        return this.y === 0;
      case 4:
        this.y = (this.y - 1) >>> 0;
        return this.y !== 0xffffffff;
      case 5:
        return this.x !== this.y;
      case 6:
        return ((this.around.inputs >>> this.settings.jumpPin) & 1) === 1;
      case 7:
        return this.outputCount < this.settings.pullThreshold;
      default:
        return true;
    }
  }

  private wait(argument: number, index: number): Stall | undefined {
    const wanted = argument >> 2;
    const source = argument & 3;
    if (source === 2) {
      const flag = this.flagOf(index);
      if (((this.around.flags >> flag) & 1) !== wanted) return 'flag';
      if (wanted === 1) this.around.clearFlag(flag);
      return undefined;
    }
    if (source === 3) return undefined; // reserved
    const pin = source === 0 ? index : (this.settings.inBase + index) & 31;
    return ((this.around.inputs >>> pin) & 1) === wanted ? undefined : 'pin';
  }

  private in(source: number, bits: number): Stall | undefined {
    const { settings, rx } = this;
    const count = Math.min(WORD, this.inputCount + bits);
    const isPushed = settings.autopush && count >= settings.pushThreshold;
    if (isPushed && rx.isFull) return this.stallAt('rx');
    const value = this.source(source);
    if (bits === WORD) this.input = value;
    else {
      const data = value & ((1 << bits) - 1);
      this.input = (settings.inRight ? (this.input >>> bits) | (data << (WORD - bits)) : (this.input << bits) | data) >>> 0;
    }
    this.inputCount = count;
    if (isPushed) this.pushInput();
    return undefined;
  }

  private out(destination: number, bits: number): Stall | undefined {
    if (this.lacksOutput) {
      if (this.tx.isEmpty) return this.stallAt('tx');
      this.refill();
      return 'refill'; // which takes a cycle
    }
    const { output } = this;
    let data = output;
    if (bits === WORD) this.output = 0;
    else if (this.settings.outRight) {
      data = output & ((1 << bits) - 1);
      this.output = output >>> bits;
    } else {
      data = output >>> (WORD - bits);
      this.output = (output << bits) >>> 0;
    }
    this.outputCount = Math.min(WORD, this.outputCount + bits);
    this.refill();
    switch (destination) {
      case 0:
        this.outputs.outPins(data);
        break;
      case 1:
        this.x = data;
        break;
      case 2:
        this.y = data;
        break;
      case 4:
        this.outputs.outDirections(data);
        break;
      case 5:
        this.jump(data);
        break;
      case 6:
        this.input = data;
        this.inputCount = bits;
        break;
      case 7:
        this.pending = data & 0xffff;
    }
    return undefined;
  }

  private push(onlyIfFull: boolean, blocks: boolean): Stall | undefined {
    if (onlyIfFull && this.inputCount < this.settings.pushThreshold) return undefined;
    if (!this.rx.isFull) {
      this.pushInput();
      return undefined;
    }
    if (blocks) return this.stallAt('rx');
    this.around.onDebug(FDEBUG_RXSTALL, this); // the data is lost
    this.input = this.inputCount = 0;
    return undefined;
  }

  private pushInput(): void {
    this.rx.push(this.input);
    this.input = this.inputCount = 0;
    this.around.onFifo(this);
  }

  private pull(onlyIfEmpty: boolean, blocks: boolean): Stall | undefined {
    const { settings, tx } = this;
    // With autopull it does nothing but wait until there is something to shift out.
    if ((onlyIfEmpty || settings.autopull) && this.outputCount < settings.pullThreshold) return undefined;
    if (tx.isEmpty) {
      if (blocks) return this.stallAt('tx');
      this.output = this.x;
    } else {
      this.output = tx.pull();
      this.around.onFifo(this);
    }
    this.outputCount = 0;
    return undefined;
  }

  private move(destination: number, operation: number, from: number): void {
    let value = this.source(from);
    if (operation === 1) value = ~value >>> 0;
    else if (operation === 2) value = reverseBits(value);
    switch (destination) {
      case 0:
        return this.outputs.outPins(value);
      case 1:
        this.x = value;
        break;
      case 2:
        this.y = value;
        break;
      case 4:
        this.pending = value & 0xffff;
        break;
      case 5:
        return this.jump(value);
      case 6:
        this.input = value;
        this.inputCount = 0;
        break;
      case 7:
        this.output = value;
        this.outputCount = 0;
    }
  }

  private interrupt(argument: number, index: number): Stall | undefined {
    const flag = this.flagOf(index);
    const [clears, waits] = [(argument & 2) !== 0, (argument & 1) !== 0];
    if (clears) {
      this.around.clearFlag(flag);
      return undefined;
    }
    if (this.hasSetFlag) return (this.around.flags >> flag) & 1 ? 'flag' : undefined;
    this.around.setFlag(flag);
    this.hasSetFlag = waits;
    return waits ? 'flag' : undefined;
  }

  private set(destination: number, value: number): void {
    switch (destination) {
      case 0:
        return this.outputs.setPins(value);
      case 1:
        this.x = value;
        break;
      case 2:
        this.y = value;
        break;
      case 4:
        return this.outputs.setDirections(value);
    }
  }

  private source(source: number): number {
    switch (source) {
      case 0: {
        const { inputs } = this.around;
        const { inBase } = this.settings;
        return inBase === 0 ? inputs >>> 0 : ((inputs >>> inBase) | (inputs << (WORD - inBase))) >>> 0;
      }
      case 1:
        return this.x;
      case 2:
        return this.y;
      case 5: {
        const { statusOfRx, statusLevel } = this.settings;
        return (statusOfRx ? this.rx : this.tx).level < statusLevel ? 0xffffffff : 0;
      }
      case 6:
        return this.input;
      case 7:
        return this.output;
      default:
        return 0;
    }
  }

  /** The number of a flag: with bit 4, counted from the machine's own, in the lowest two bits. */
  private flagOf(index: number): number {
    return index & 0x10 ? (index & 4) | ((index + this.index) & 3) : index & 7;
  }

  private stallAt(stall: 'tx' | 'rx'): Stall {
    this.around.onDebug(stall === 'tx' ? FDEBUG_TXSTALL : FDEBUG_RXSTALL, this);
    return stall;
  }
}
