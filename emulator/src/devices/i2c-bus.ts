import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { I2cDevice } from './device.js';

const FUNCTION_I2C = 3;
const TEN_BIT_ADDRESS = 1 << 4;
const READ = 1;
/** Bits of a byte on the bus, with its acknowledgement. */
const BITS_PER_BYTE = 9;
/** Cycles that the controller adds to the programmed halves of a clock period. */
const EXTRA_LOW_CYCLES = 1;
const EXTRA_HIGH_CYCLES = 7;
/** What is read where nobody pulls the line down. */
const NOBODY = 0xff;

type Controller = RP2040['i2c'][number];

/** The pins at which a device is connected; without them it answers at whatever pins the firmware has given the bus. */
export interface I2cPins {
  readonly sda: number;
  readonly scl: number;
}

/** A device with its pins. */
export interface I2cConnection {
  readonly device: I2cDevice;
  readonly pins: I2cPins | undefined;
}

/** Whether a pin can be the SDA or SCL of one of the buses: they take turns, two pins each. */
export function isI2cPin(pin: number, line: 'sda' | 'scl', bus: 0 | 1): boolean {
  return (pin & 1) === (line === 'sda' ? 0 : 1) && ((pin >> 1) & 1) === bus;
}

/**
 * Connects a controller of the chip to the devices of a bus, at the speed that the firmware has set. An address at which there is no
 * device does not acknowledge.
 */
export function connectI2c(chip: RP2040, index: 0 | 1, clock: CycleClock, connections: ReadonlyMap<number, I2cConnection>): void {
  const controller = chip.i2c[index] as Controller;
  let device: I2cDevice | undefined;
  let next: (() => void) | undefined;

  const alarm = clock.createAlarm(() => {
    const action = next;
    next = undefined;
    action?.();
  });
  const after = (bits: number, action: () => void): void => {
    next = action;
    const cycles = controller.sclLowPeriod + EXTRA_LOW_CYCLES + controller.sclHighPeriod + EXTRA_HIGH_CYCLES;
    alarm.schedule((bits * cycles * 1e9) / chip.clkSys);
  };
  const isI2c = (pin: number): boolean => chip.gpio[pin]?.functionSelect === FUNCTION_I2C;
  const find = (address: number): I2cDevice | undefined => {
    if ((controller as unknown as { readonly control: number }).control & TEN_BIT_ADDRESS) return undefined;
    const connection = connections.get(address & 0x7f);
    const pins = connection?.pins;
    return pins === undefined || (isI2c(pins.sda) && isI2c(pins.scl)) ? connection?.device : undefined;
  };

  controller.onStart = () => after(1, () => controller.completeStart());
  controller.onConnect = (address, mode) => {
    device = find(address);
    const isRead = mode === READ;
    after(BITS_PER_BYTE, () => {
      device?.start?.(isRead);
      controller.completeConnect(device !== undefined);
    });
  };
  controller.onWriteByte = (byte) => after(BITS_PER_BYTE, () => controller.completeWrite(device?.write(byte) ?? false));
  controller.onReadByte = () => after(BITS_PER_BYTE, () => controller.completeRead((device?.read() ?? NOBODY) & 0xff));
  controller.onStop = () =>
    after(1, () => {
      device?.stop?.();
      device = undefined;
      controller.completeStop();
    });
}
