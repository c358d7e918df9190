import type { RP2040 } from 'rp2040js';
import type { CycleClock } from './clock.js';
import type { I2cDevice } from './devices/device.js';

const IC_INTR_MASK = 0x30;
const INTR_MASK_BITS = 0x1fff;
const IC_TX_TL_DEPTH = 16;
const ENABLE = 1 << 0;
const TX_EMPTY_CTRL = 1 << 8;
const TX_EMPTY = 1 << 4;
const RX_FULL = 1 << 2;
const READ = 1;
/** Bits of a byte on the bus, with its acknowledgement. */
const BITS_PER_BYTE = 9;
/** Cycles that the controller adds to the programmed halves of a clock period. */
const EXTRA_LOW_CYCLES = 1;
const EXTRA_HIGH_CYCLES = 7;

type Controller = RP2040['i2c'][number];

/** The private parts of a controller that the bus needs. */
interface ControllerState {
  busy: boolean;
  intRaw: number;
  intEnable: number;
  readonly enable: number;
  readonly control: number;
  readonly txThreshold: number;
  readonly rxThreshold: number;
  readonly txFIFO: { readonly itemCount: number };
  readonly rxFIFO: { readonly itemCount: number };
  checkInterrupts(): void;
}

/**
 * Connects a controller of the chip to the devices of a bus, at the speed that the firmware has set. An address at which there is no
 * device does not acknowledge.
 *
 * Faults put right here: the interrupt mask cannot be written; the interrupts that ask for more to send and that tell of something
 * received do not follow the levels of the FIFOs, so that a firmware waits for ever after an address that nobody acknowledged.
 */
export function connectI2c(chip: RP2040, index: number, clock: CycleClock, devices: ReadonlyMap<number, I2cDevice>): void {
  const controller = chip.i2c[index] as Controller;
  const state = controller as unknown as ControllerState;
  let device: I2cDevice | undefined;
  let next: (() => void) | undefined;

  const alarm = clock.createAlarm(() => {
    const action = next;
    next = undefined;
    action?.();
    followLevels();
  });
  const after = (bits: number, action: () => void): void => {
    next = action;
    const cycles = controller.sclLowPeriod + EXTRA_LOW_CYCLES + controller.sclHighPeriod + EXTRA_HIGH_CYCLES;
    alarm.schedule((bits * cycles * 1e9) / chip.clkSys);
  };
  const followLevels = (): void => {
    const isSending = (state.control & TX_EMPTY_CTRL) !== 0 && state.busy;
    const wantsMore = (state.enable & ENABLE) !== 0 && state.txFIFO.itemCount <= Math.min(state.txThreshold, IC_TX_TL_DEPTH) && !isSending;
    const raw = (wantsMore ? TX_EMPTY : 0) | (state.rxFIFO.itemCount > state.rxThreshold ? RX_FULL : 0);
    state.intRaw = (state.intRaw & ~(TX_EMPTY | RX_FULL)) | raw;
    state.checkInterrupts();
  };

  controller.onStart = () => after(1, () => controller.completeStart());
  controller.onConnect = (address, mode) => {
    device = devices.get(address);
    const isRead = mode === READ;
    after(BITS_PER_BYTE, () => {
      device?.start?.(isRead);
      controller.completeConnect(device !== undefined);
    });
  };
  controller.onWriteByte = (byte) => after(BITS_PER_BYTE, () => controller.completeWrite(device?.write(byte) ?? false));
  controller.onReadByte = () => after(BITS_PER_BYTE, () => controller.completeRead((device?.read() ?? 0xff) & 0xff));
  controller.onStop = () =>
    after(1, () => {
      device?.stop?.();
      device = undefined;
      controller.completeStop();
    });

  const read = controller.readUint32.bind(controller);
  controller.readUint32 = (offset) => {
    const value = read(offset);
    followLevels();
    return value;
  };
  const write = controller.writeUint32.bind(controller);
  controller.writeUint32 = (offset, value) => {
    if (offset === IC_INTR_MASK) state.intEnable = value & INTR_MASK_BITS;
    else write(offset, value);
    followLevels();
  };
}
