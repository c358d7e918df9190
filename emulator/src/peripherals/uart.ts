import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';

const DR = 0x00;
const RSR = 0x04;
const FR = 0x18;
const ILPR = 0x20;
const LCR_H = 0x2c;
const CR = 0x30;
const IFLS = 0x34;
const DMACR = 0x48;

const FLAG_RX_FULL = 1 << 6;
const FLAG_RX_EMPTY = 1 << 4;
const FIFO_ENABLE = 1 << 4;
const PARITY = 1 << 1;
const TWO_STOP_BITS = 1 << 3;
const ENABLE = 1 << 0;
const RX_ENABLE = 1 << 9;
const RX_INTERRUPT = 1 << 4;
const TIMEOUT_INTERRUPT = 1 << 6;
const OVERRUN_INTERRUPT = 1 << 10;
const DATA_OVERRUN = 1 << 11;
const STATUS_OVERRUN = 1 << 3;
const RX_DMA = 1 << 0;
const TX_DMA = 1 << 1;

const DEPTH = 32;
/** Bytes at which the receive interrupt comes, by the setting. */
const LEVELS = [4, 8, 16, 24, 28];
const RESET_LEVELS = 0x12;
const TIMEOUT_BITS = 32;

type Uart = RP2040['uart'][number];

/** The private parts of a UART that the corrections need. */
interface UartState {
  ctrlRegister: number;
  lineCtrlRegister: number;
  interruptStatus: number;
  readonly dreq: { readonly rx: number; readonly tx: number };
  checkInterrupts(): void;
}

/** How long a bit takes; undefined while the firmware has not set the baud rate. */
function bitNanos(uart: Uart): number | undefined {
  const rate = uart.baudRate;
  return Number.isFinite(rate) && rate > 0 ? 1e9 / rate : undefined;
}

/** How long a character takes, with its start, parity and stop bits. */
export function characterNanos(uart: Uart): number | undefined {
  const { lineCtrlRegister } = uart as unknown as UartState;
  const bits = 1 + (uart.wordLength ?? 8) + (lineCtrlRegister & PARITY ? 1 : 0) + (lineCtrlRegister & TWO_STOP_BITS ? 2 : 1);
  const bit = bitNanos(uart);
  return bit === undefined ? undefined : bits * bit;
}

/**
 * Replaces the receiver of a UART. That of `rp2040js` hears though it is disabled, interrupts at the first byte whatever level is set, never
 * for bytes that wait below that level, and loses bytes without a word when its FIFO is full. It also asks for DMA to send
 * though it is not told to.
 */
export function correctUartReceiver(chip: RP2040, uart: Uart, clock: CycleClock): void {
  const state = uart as unknown as UartState;
  const received: number[] = [];
  let levels = RESET_LEVELS;
  let status = 0;
  let dma = 0;
  let lowPower = 0;
  let lost = false;

  const hasFifo = (): boolean => (state.lineCtrlRegister & FIFO_ENABLE) !== 0;
  const isFull = (): boolean => received.length >= (hasFifo() ? DEPTH : 1);
  const level = (): number => (hasFifo() ? (LEVELS[(levels >> 3) & 7] ?? DEPTH) : 1);
  const set = (bits: number, isSet: boolean): void => {
    state.interruptStatus = isSet ? state.interruptStatus | bits : state.interruptStatus & ~bits;
    state.checkInterrupts();
  };
  const requestDma = (): void => {
    if (dma & RX_DMA && received.length > 0) chip.dma.setDREQ(state.dreq.rx);
    else chip.dma.clearDREQ(state.dreq.rx);
    if (dma & TX_DMA && state.ctrlRegister & ENABLE) chip.dma.setDREQ(state.dreq.tx);
    else chip.dma.clearDREQ(state.dreq.tx);
  };
  const timeout = clock.createAlarm(() => set(TIMEOUT_INTERRUPT, true));

  uart.feedByte = (byte) => {
    if ((state.ctrlRegister & (ENABLE | RX_ENABLE)) !== (ENABLE | RX_ENABLE)) return;
    if (isFull()) {
      lost = true;
      status |= STATUS_OVERRUN;
      set(OVERRUN_INTERRUPT, true);
      return;
    }
    // The flag comes with the first byte that is received after those that were lost.
    received.push((byte & 0xff) | (lost ? DATA_OVERRUN : 0));
    lost = false;
    if (received.length === level()) set(RX_INTERRUPT, true);
    if (hasFifo()) timeout.schedule(TIMEOUT_BITS * (bitNanos(uart) ?? 0));
    requestDma();
  };

  const take = (): number => {
    const value = received.shift() ?? 0;
    if (received.length < level()) set(RX_INTERRUPT, false);
    if (received.length === 0) {
      timeout.cancel();
      set(TIMEOUT_INTERRUPT, false);
    }
    requestDma();
    return value;
  };

  const read = uart.readUint32.bind(uart);
  uart.readUint32 = (offset) => {
    switch (offset) {
      case DR:
        return take();
      case RSR:
        return status;
      case FR:
        return (read(FR) & ~(FLAG_RX_EMPTY | FLAG_RX_FULL)) | (received.length === 0 ? FLAG_RX_EMPTY : 0) | (isFull() ? FLAG_RX_FULL : 0);
      case IFLS:
        return levels;
      case DMACR:
        return dma;
      case ILPR:
        return lowPower;
      default:
        return read(offset);
    }
  };
  const write = uart.writeUint32.bind(uart);
  uart.writeUint32 = (offset, value) => {
    switch (offset) {
      case RSR:
        status = 0;
        break;
      case IFLS:
        levels = value & 0x3f;
        break;
      case DMACR:
        dma = value & 7;
        requestDma();
        break;
      case CR:
        write(offset, value);
        requestDma();
        break;
      case ILPR:
        lowPower = value & 0xff; // of the infrared mode, which is not emulated
        break;
      case LCR_H:
        if ((value ^ state.lineCtrlRegister) & FIFO_ENABLE) received.length = 0;
        write(offset, value);
        break;
      default:
        write(offset, value);
    }
  };
}
