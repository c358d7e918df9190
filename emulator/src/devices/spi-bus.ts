import type { RP2040 } from 'rp2040js';
import type { CycleClock } from '../clock.js';
import type { SpiDevice } from './device.js';

/** The pins of a device beside those of the bus; without a chip select it is always selected. */
export interface SpiPins {
  readonly cs?: number;
  /** Data or command. */
  readonly dc?: number;
  /** Resets the device while it is low. */
  readonly reset?: number;
}

/** A device with its pins. */
export interface SpiConnection {
  readonly device: SpiDevice;
  readonly pins: SpiPins;
}

const LOOPBACK = 1 << 0;
/** What answers where no device does. */
const IDLE = 0;

/**
 * Connects a controller of the chip to the devices of a bus, at the speed that the firmware has set. A device looks at its pins when the
 * last bit has arrived, so one that is let go of too early has missed it. Its bytes are eight bits; a frame of 16 is two of them.
 */
export function connectSpi(
  chip: RP2040,
  index: 0 | 1,
  clock: CycleClock,
  connections: readonly SpiConnection[],
  level: (pin: number) => number,
): void {
  const controller = chip.spi[index] as RP2040['spi'][number];
  let sent = 0;
  const exchange = (byte: number): number => {
    let answer = IDLE;
    for (const { device, pins } of connections) {
      if (pins.reset !== undefined && level(pins.reset) === 0) continue;
      if (pins.cs === undefined || level(pins.cs) === 0) answer = device.transfer(byte, pins.dc === undefined || level(pins.dc) === 1);
    }
    return answer & 0xff;
  };
  const isBusy = (): boolean => (controller as unknown as { readonly busy: boolean }).busy;
  const alarm = clock.createAlarm(() => {
    if (!isBusy()) return; // it has been reset
    const answer = controller.dataBits > 8 ? (exchange(sent >> 8) << 8) | exchange(sent & 0xff) : exchange(sent);
    const isLooped = ((controller as unknown as { readonly control1: number }).control1 & LOOPBACK) !== 0;
    controller.completeTransmit(isLooped ? sent : answer);
  });
  controller.onTransmit = (value) => {
    sent = value;
    const frequency = controller.clockFrequency;
    alarm.schedule(frequency > 0 ? (controller.dataBits * 1e9) / frequency : 0);
  };
}

/** Tells the devices of a bus of a change at a pin that may be their chip select or reset. */
export function followSpiPin(connections: readonly SpiConnection[], pin: number, level: number): void {
  for (const { device, pins } of connections) {
    if (pins.reset === pin) device.setReset?.(level === 0);
    if (pins.cs !== pin) continue;
    if (level === 0) device.select?.();
    else device.deselect?.();
  }
}
