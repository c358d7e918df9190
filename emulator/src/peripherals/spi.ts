import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { Resettable } from './resets.js';

const SSPCR0 = 0x00;
const SSPCR1 = 0x04;
const SSPDR = 0x08;
const SSPCPSR = 0x10;
const SSPIMSC = 0x14;
const SSPICR = 0x20;
const SSPDMACR = 0x24;

const TIMEOUT_INTERRUPT = 1 << 1;
const TIMEOUT_BITS = 32;
const RX_DMA = 1 << 0;
const TX_DMA = 1 << 1;
const ALL_INTERRUPTS = 0xf;

type Controller = RP2040['spi'][number];

/** The private parts of a controller that the corrections need. */
interface ControllerState {
  intRaw: number;
  busy: boolean;
  readonly enabled: boolean;
  readonly dmaControl: number;
  readonly dreq: { readonly rx: number; readonly tx: number };
  readonly rxFIFO: { readonly empty: boolean; reset(): void };
  readonly txFIFO: { readonly full: boolean; reset(): void };
  updateDMATx(): void;
  updateDMARx(): void;
  doTX(): void;
  fifosUpdated(): void;
  checkInterrupts(): void;
}

/**
 * Faults of an SPI controller put right here:
 *
 * - It sends though it is disabled.
 * - The interrupt that asks for more to send waits for a first transfer.
 * - The one for what was received and waits in the FIFO never comes; the one for what was lost comes late.
 * - It asks for DMA though it is not told to.
 * - Its reset does nothing. What is on the wires then is lost.
 */
export function correctSpi(chip: RP2040, controller: Controller, clock: CycleClock): Resettable {
  const state = controller as unknown as ControllerState;
  const setTimeoutInterrupt = (isSet: boolean): void => {
    state.intRaw = isSet ? state.intRaw | TIMEOUT_INTERRUPT : state.intRaw & ~TIMEOUT_INTERRUPT;
    state.checkInterrupts();
  };
  const timeout = clock.createAlarm(() => setTimeoutInterrupt(true));
  /** The time begins anew with each access. */
  const watchReceived = (): void => {
    timeout.cancel();
    if (state.rxFIFO.empty) setTimeoutInterrupt(false);
    else if (controller.clockFrequency > 0) timeout.schedule((TIMEOUT_BITS * 1e9) / controller.clockFrequency);
  };

  const request = (number: number, isWanted: boolean): void => {
    if (isWanted) chip.dma.setDREQ(number);
    else chip.dma.clearDREQ(number);
  };
  state.updateDMATx = () => request(state.dreq.tx, (state.dmaControl & TX_DMA) !== 0 && !state.txFIFO.full);
  state.updateDMARx = () => request(state.dreq.rx, (state.dmaControl & RX_DMA) !== 0 && !state.rxFIFO.empty);

  state.fifosUpdated();
  const send = state.doTX.bind(state);
  state.doTX = () => {
    if (state.enabled) send();
  };
  const complete = controller.completeTransmit.bind(controller);
  controller.completeTransmit = (value) => {
    if (!state.busy) return; // it has been reset
    complete(value);
    state.checkInterrupts();
    watchReceived();
  };

  const read = controller.readUint32.bind(controller);
  controller.readUint32 = (offset) => {
    const value = read(offset);
    if (offset === SSPDR) watchReceived();
    return value;
  };
  const write = controller.writeUint32.bind(controller);
  controller.writeUint32 = (offset, value) => {
    write(offset, value);
    if (offset === SSPDMACR) state.fifosUpdated();
    if (offset === SSPCR1) {
      state.doTX();
      state.fifosUpdated();
    }
    if (offset === SSPICR && value & TIMEOUT_INTERRUPT) watchReceived();
  };
  return {
    reset() {
      for (const register of [SSPCR1, SSPCR0, SSPCPSR, SSPIMSC, SSPDMACR]) controller.writeUint32(register, 0);
      state.busy = false;
      state.txFIFO.reset();
      state.rxFIFO.reset();
      controller.writeUint32(SSPICR, ALL_INTERRUPTS);
      watchReceived();
      state.fifosUpdated();
    },
  };
}
