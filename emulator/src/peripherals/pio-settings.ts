const EXECCTRL_RESET = 0x0001f000;
const SHIFTCTRL_RESET = 0x000c0000;
const PINCTRL_RESET = 0x14000000;
const EXECCTRL_BITS = 0x7fffffff;

const OUT_STICKY = 1 << 17;
const INLINE_OUT_ENABLE = 1 << 18;
const SIDE_DIRECTIONS = 1 << 29;
const SIDE_ENABLE = 1 << 30;
const STATUS_OF_RX = 1 << 4;
const AUTOPUSH = 1 << 16;
const AUTOPULL = 1 << 17;
const IN_RIGHT = 1 << 18;
const OUT_RIGHT = 1 << 19;
const JOIN_TX = 1 << 30;
const JOIN_RX = 1 << 31;

const field = (register: number, shift: number, width: number): number => (register >>> shift) & ((1 << width) - 1);

/** The settings of a state machine (RP2040 datasheet 3.7), taken apart when they are written, since each instruction looks at them. */
export class PioSettings {
  execution = EXECCTRL_RESET;
  shifts = SHIFTCTRL_RESET;
  pins = PINCTRL_RESET;

  wrapBottom = 0;
  wrapTop = 31;
  jumpPin = 0;
  statusLevel = 0;
  statusOfRx = false;
  isOutSticky = false;
  /** The bit of the data that enables an output; undefined where none does. */
  outEnableBit: number | undefined;
  sideDirections = false;
  sideIsOptional = false;

  autopush = false;
  autopull = false;
  inRight = true;
  outRight = true;
  pushThreshold = 32;
  pullThreshold = 32;
  txDepth = 4;
  rxDepth = 4;

  outBase = 0;
  outCount = 0;
  setBase = 0;
  setCount = 5;
  inBase = 0;
  sideBase = 0;
  /** Bits of an instruction that are for the side-set, with the one that enables it. */
  sideBits = 0;
  private delayMask = 0x1f;

  writeExecution(value: number): void {
    this.execution = value & EXECCTRL_BITS;
    this.statusLevel = field(value, 0, 4);
    this.statusOfRx = (value & STATUS_OF_RX) !== 0;
    this.wrapBottom = field(value, 7, 5);
    this.wrapTop = field(value, 12, 5);
    this.isOutSticky = (value & OUT_STICKY) !== 0;
    this.outEnableBit = value & INLINE_OUT_ENABLE ? field(value, 19, 5) : undefined;
    this.jumpPin = field(value, 24, 5);
    this.sideDirections = (value & SIDE_DIRECTIONS) !== 0;
    this.sideIsOptional = (value & SIDE_ENABLE) !== 0;
  }

  writeShifts(value: number): void {
    this.shifts = value & 0xffff0000;
    this.autopush = (value & AUTOPUSH) !== 0;
    this.autopull = (value & AUTOPULL) !== 0;
    this.inRight = (value & IN_RIGHT) !== 0;
    this.outRight = (value & OUT_RIGHT) !== 0;
    this.pushThreshold = field(value, 20, 5) || 32;
    this.pullThreshold = field(value, 25, 5) || 32;
    const [joinTx, joinRx] = [(value & JOIN_TX) !== 0, (value & JOIN_RX) !== 0];
    this.txDepth = joinRx ? 0 : joinTx ? 8 : 4;
    this.rxDepth = joinTx ? 0 : joinRx ? 8 : 4;
  }

  writePins(value: number): void {
    this.pins = value;
    this.outBase = field(value, 0, 5);
    this.setBase = field(value, 5, 5);
    this.sideBase = field(value, 10, 5);
    this.inBase = field(value, 15, 5);
    this.outCount = field(value, 20, 6);
    this.setCount = field(value, 26, 3);
    this.sideBits = field(value, 29, 3);
    this.delayMask = (1 << Math.max(0, 5 - this.sideBits)) - 1;
  }

  /** Cycles that an instruction waits after it is done: what the side-set leaves of its five bits. */
  delayOf(opcode: number): number {
    return (opcode >>> 8) & this.delayMask;
  }
}
