import type { RP2040 } from 'rp2040js';
import type { CycleClock } from './clock.js';
import type { SpiDevice } from './devices/device.js';

/** The pins of a device beside those of the bus; without a chip select it is always selected. */
export interface SpiPins {
  readonly cs?: number;
  /** Data or command. */
  readonly dc?: number;
}

/** A device with its pins. */
export interface SpiConnection {
  readonly device: SpiDevice;
  readonly pins: SpiPins;
}

/** What answers where no device does. */
const IDLE = 0;

/** Connects a controller of the chip to the devices of a bus, at the speed that the firmware has set. */
export function connectSpi(chip: RP2040, index: number, clock: CycleClock, connections: readonly SpiConnection[], level: (pin: number) => number): void {
  const controller = chip.spi[index] as RP2040['spi'][number];
  let answer = IDLE;
  const alarm = clock.createAlarm(() => controller.completeTransmit(answer));
  controller.onTransmit = (value) => {
    answer = IDLE;
    for (const { device, pins } of connections) {
      if (pins.cs === undefined || level(pins.cs) === 0) answer = device.transfer(value & 0xff, pins.dc === undefined || level(pins.dc) === 1);
    }
    const frequency = controller.clockFrequency;
    alarm.schedule(frequency > 0 ? (controller.dataBits * 1e9) / frequency : 0);
  };
}

/** Tells the devices of a bus of a change at a pin that may be their chip select. */
export function followChipSelect(connections: readonly SpiConnection[], pin: number, level: number): void {
  for (const { device, pins } of connections) {
    if (pins.cs !== pin) continue;
    if (level === 0) device.select?.();
    else device.deselect?.();
  }
}
