import type { RP2040 } from 'rp2040js';

const IC_DATA_CMD = 0x10;
const IC_INTR_MASK = 0x30;
const IC_ENABLE = 0x6c;
const IC_SDA_HOLD = 0x7c;
const IC_TX_ABRT_SOURCE = 0x80;
const IC_SLV_DATA_NACK_ONLY = 0x84;
const IC_DMA_CR = 0x88;
const IC_DMA_TDLR = 0x8c;
const IC_DMA_RDLR = 0x90;
const IC_SDA_SETUP = 0x94;
const IC_ACK_GENERAL_CALL = 0x98;
const IC_CLR_RESTART_DET = 0xa8;

const READ_COMMAND = 1 << 8;
const STOP = 1 << 9;
const RESTART = 1 << 10;
const BYTE = 0xff;
/** Flag of the first byte of a read: where it is, and where it belongs. */
const EMULATED_FIRST_BYTE = 1 << 10;
const FIRST_BYTE = 1 << 11;

const ENABLE = 1 << 0;
const ABORT = 1 << 1;
const TX_EMPTY_CTRL = 1 << 8;
const RX_FULL = 1 << 2;
const TX_EMPTY = 1 << 4;
const TX_ABORT = 1 << 6;
const MASK_BITS = 0x1fff;
const RESET_MASK = 0x8ff;
const ABORT_REASONS = 0x1ffff;
const FLUSHED_SHIFT = 23;

const RX_DMA = 1 << 0;
const TX_DMA = 1 << 1;
const FIRST_DMA_REQUEST = 32;

/** The registers that it keeps, with their bits and what they are after a reset. */
const KEPT: Readonly<Record<number, readonly [mask: number, reset: number]>> = {
  [IC_SDA_HOLD]: [0xffffff, 1],
  [IC_DMA_CR]: [RX_DMA | TX_DMA, 0],
  [IC_DMA_TDLR]: [0xf, 0],
  [IC_DMA_RDLR]: [0xf, 0],
  // Those of a target, which the chip never is here.
  [IC_SLV_DATA_NACK_ONLY]: [1, 0],
  [IC_SDA_SETUP]: [0xff, 0x64],
  [IC_ACK_GENERAL_CALL]: [1, 1],
  [IC_CLR_RESTART_DET]: [0, 0],
};

const IDLE = 0;
const STOPPING = 4;

type Controller = RP2040['i2c'][number];

/** The private parts of a controller that the corrections need. */
interface ControllerState {
  state: number;
  busy: boolean;
  intRaw: number;
  intEnable: number;
  abortSource: number;
  readonly enable: number;
  readonly control: number;
  readonly txThreshold: number;
  readonly rxThreshold: number;
  readonly txFIFO: { readonly itemCount: number; readonly full: boolean; reset(): void };
  readonly rxFIFO: { readonly itemCount: number; reset(): void };
  abort(reason: number): void;
  checkInterrupts(): void;
}

/**
 * Faults of an I2C controller put right here:
 *
 * - The interrupt mask cannot be written, and is not what it is after a reset.
 * - TX_EMPTY and RX_FULL do not follow the levels of the FIFOs, so that a firmware waits for ever after an address that nobody acknowledged.
 * - A failure leaves alone what was received, and what is written before it has been acknowledged starts a transfer of its own: silicon
 *   flushes both.
 * - Reading the reason of a failure clears it, and the next one counts what was flushed on top.
 * - A change from writing to reading without the RESTART bit goes on with the transfer, instead of addressing the device anew.
 * - What is written while the controller is disabled is sent once it is enabled.
 * - The first byte of a read is flagged in bit 10 instead of 11.
 * - A transfer that waits for more to send cannot be aborted.
 * - It asks for no DMA, and some registers that the Pico SDK writes are not kept.
 */
export function correctI2c(chip: RP2040, index: 0 | 1): void {
  const controller = chip.i2c[index] as Controller;
  const state = controller as unknown as ControllerState;
  /** Whether the transfer that is being written to the FIFO reads at its end; undefined between transfers. */
  let isReading: boolean | undefined;
  const kept = new Map(Object.entries(KEPT).map(([offset, [, reset]]) => [Number(offset), reset]));

  const requestDma = (request: number, isWanted: boolean): void => {
    if (isWanted) chip.dma.setDREQ(FIRST_DMA_REQUEST + 2 * index + request);
    else chip.dma.clearDREQ(FIRST_DMA_REQUEST + 2 * index + request);
  };
  const followDma = (): void => {
    const control = kept.get(IC_DMA_CR) as number;
    requestDma(0, (control & TX_DMA) !== 0 && (state.enable & ENABLE) !== 0 && state.txFIFO.itemCount <= (kept.get(IC_DMA_TDLR) as number));
    requestDma(1, (control & RX_DMA) !== 0 && state.rxFIFO.itemCount > (kept.get(IC_DMA_RDLR) as number));
  };
  const followLevels = (): void => {
    const isSending = (state.control & TX_EMPTY_CTRL) !== 0 && state.busy;
    const wantsMore = (state.enable & ENABLE) !== 0 && state.txFIFO.itemCount <= state.txThreshold && !isSending;
    const raw = (wantsMore ? TX_EMPTY : 0) | (state.rxFIFO.itemCount > state.rxThreshold ? RX_FULL : 0);
    state.intRaw = (state.intRaw & ~(TX_EMPTY | RX_FULL)) | raw;
    state.checkInterrupts();
    followDma();
  };

  /** The direction that a command asks for is part of the address, so the device has to be addressed anew where it changes. */
  const withRestart = (command: number): number => {
    const reads = (command & READ_COMMAND) !== 0;
    const turns = isReading !== undefined && isReading !== reads;
    isReading = command & STOP ? undefined : reads;
    return turns ? command | RESTART : command;
  };

  state.intEnable = RESET_MASK;
  state.abort = (reason) => {
    state.abortSource = (state.abortSource & ABORT_REASONS) | reason | (state.txFIFO.itemCount << FLUSHED_SHIFT);
    state.txFIFO.reset();
    state.rxFIFO.reset();
    state.intRaw |= TX_ABORT;
    isReading = undefined;
  };
  for (const step of ['completeStart', 'completeConnect', 'completeWrite', 'completeRead', 'completeStop'] as const) {
    const complete = controller[step].bind(controller) as (...values: never[]) => void;
    controller[step] = (...values: never[]) => {
      complete(...values);
      followLevels();
    };
  }

  const read = controller.readUint32.bind(controller);
  controller.readUint32 = (offset) => {
    if (offset === IC_TX_ABRT_SOURCE) return state.abortSource >>> 0;
    if (offset in KEPT) return kept.get(offset) as number;
    const value = read(offset);
    followLevels();
    return offset === IC_DATA_CMD ? (value & BYTE) | (value & EMULATED_FIRST_BYTE ? FIRST_BYTE : 0) : value;
  };

  const write = controller.writeUint32.bind(controller);
  controller.writeUint32 = (offset, value) => {
    switch (offset) {
      case IC_INTR_MASK:
        state.intEnable = value & MASK_BITS;
        break;
      case IC_DATA_CMD:
        if (!(state.enable & ENABLE) || state.intRaw & TX_ABORT) break;
        write(offset, state.txFIFO.full ? value : withRestart(value));
        break;
      case IC_ENABLE:
        write(offset, value);
        if (!(value & ENABLE)) isReading = undefined;
        if (state.enable & ABORT && !state.busy && state.state !== IDLE) {
          state.busy = true;
          state.state = STOPPING;
          controller.onStop();
        }
        break;
      default:
        if (offset in KEPT) kept.set(offset, value & (KEPT[offset]?.[0] ?? 0));
        else write(offset, value);
    }
    followLevels();
  };
}
