import type { Chip } from '../chip/chip.js';
import type { CycleClock } from '../clock.js';
import type { Actuator, DevicePin, I2cDevice, PinBoard, PinDevice, SpiDevice } from '../devices/device.js';
import { connectI2c, type I2cConnection, type I2cPins, isI2cPin } from '../devices/i2c-bus.js';
import { connectSpi, followSpiPin, type SpiConnection, type SpiPins } from '../devices/spi-bus.js';
import { UartInput } from '../devices/uart-input.js';
import { UsbSerial } from '../devices/usb-serial.js';
import { ANALOG_CHANNELS, convert, sensorVolts } from '../peripherals/adc.js';
import { PinDrivers } from './pin-drivers.js';

const TEMPERATURE_CHANNEL = 4;
const ROOM_CELSIUS = 27;
const LAST_ADDRESS = 0x7f;

/** A bus of the board to which I2C devices can be connected. */
export interface I2cBus {
  /**
   * Connects a device, in place of one that has this address already. It answers from the next transfer on.
   *
   * @param pins where it is connected, if it shall answer only when the firmware uses these pins
   * @throws RangeError if that is no address, or the pins are not those of this bus
   */
  attach(address: number, device: I2cDevice, pins?: I2cPins): void;
}

/** A bus of the board to which SPI devices can be connected. */
export interface SpiBus {
  attach(device: SpiDevice, pins?: SpiPins): void;
}

/** A pin of the board to which devices can be connected. */
export interface PinPort {
  attach(device: PinDevice): void;
}

/** The receiver of a UART. */
export interface UartPort {
  /** Sends bytes to the firmware, one after the other, as fast as it has set its baud rate. */
  receive(bytes: Uint8Array): void;
}

/** What is around the chip, and stays as it is when the chip is reset. */
export class Surroundings {
  /** What is at the USB port. */
  readonly usb: UsbSerial;

  private readonly grounded = new Set<number>();
  private readonly drivers = new PinDrivers();
  private wires: readonly (readonly [pin: number, other: number])[] = [];
  private readonly volts: number[] = Array.from({ length: ANALOG_CHANNELS }, () => 0);
  private readonly i2cDevices = [new Map<number, I2cConnection>(), new Map<number, I2cConnection>()] as const;
  private readonly spiDevices: readonly [SpiConnection[], SpiConnection[]] = [[], []];
  private readonly pinDevices = new Map<number, PinDevice[]>();
  private readonly inputs: readonly [UartInput, UartInput];
  private readonly board: PinBoard;
  /** How much devices still have to do. */
  private pendingActions = 0;
  /** How many changes of a level are being told to the devices: one may cause another. */
  private following = 0;

  constructor(
    private readonly clock: CycleClock,
    private readonly chip: () => Chip,
    onUsbByte: (byte: number) => void,
  ) {
    const uart = (index: number) => (): Chip['rp2040']['uart'][number] => chip().rp2040.uart[index] as Chip['rp2040']['uart'][number];
    this.inputs = [new UartInput(clock, uart(0)), new UartInput(clock, uart(1))];
    this.usb = new UsbSerial(clock, onUsbByte);
    this.board = {
      get nanos() {
        return clock.nanos;
      },
      at: (nanos, action) => this.at(nanos, action),
      drive: (pin, level) => this.setDriven(pin, level, this.board),
      wire: (pin, other, isConnected) => this.setWired(pin, other, isConnected),
    };
    this.volts[TEMPERATURE_CHANNEL] = sensorVolts(ROOM_CELSIUS);
  }

  /** True while something is still to come that may wake the firmware. */
  get isBusy(): boolean {
    return this.pendingActions > 0 || this.inputs.some((input) => input.isBusy);
  }

  /** Connects everything to a chip that was powered on or reset. */
  connect(): void {
    const { rp2040, corrected } = this.chip();
    for (const pin of this.grounded) corrected.pins.setGrounded(pin, true);
    for (const pin of this.drivers.pins) corrected.pins.setDriven(pin, this.drivers.level(pin));
    for (const [pin, other] of this.wires) corrected.pins.setWired(pin, other);
    this.volts.forEach((volts, channel) => (rp2040.adc.channelValues[channel] = convert(volts)));
    this.usb.connect(corrected.usb);
    for (const index of [0, 1] as const) {
      connectI2c(rp2040, index, this.clock, this.i2cDevices[index]);
      connectSpi(rp2040, index, this.clock, this.spiDevices[index], (pin) => corrected.pins.level(pin));
    }
  }

  /** A pin has changed its level. */
  follow(pin: number, level: number): void {
    this.following++;
    for (const connections of this.spiDevices) if (connections.length > 0) followSpiPin(connections, pin, level);
    for (const device of this.pinDevices.get(pin) ?? []) device.edge(level, this.clock.nanos);
    this.following--;
  }

  setGrounded(pin: number, grounded: boolean): void {
    if (grounded) this.grounded.add(pin);
    else this.grounded.delete(pin);
    this.chip().corrected.pins.setGrounded(pin, grounded);
  }

  /** @param driver who drives the pin, or lets go of it: a device, or whoever has the board */
  setDriven(pin: number, level: 0 | 1 | undefined, driver: object = this): void {
    this.drivers.set(pin, driver, level);
    this.chip().corrected.pins.setDriven(pin, this.drivers.level(pin));
  }

  setWired(pin: number, other: number, isConnected = true): void {
    const index = isConnected ? -1 : this.wires.findIndex((wire) => wire.includes(pin) && wire.includes(other));
    this.wires = isConnected ? [...this.wires, [pin, other]] : this.wires.filter((_, at) => at !== index);
    this.chip().corrected.pins.setWired(pin, other, isConnected);
  }

  /** @throws RangeError if there is no such channel */
  setAnalog(channel: number, volts: number): void {
    if (!(channel in this.volts)) throw new RangeError(`the converter has no channel ${channel}; they are 0 to ${ANALOG_CHANNELS - 1}`);
    this.volts[channel] = volts;
    this.chip().rp2040.adc.channelValues[channel] = convert(volts);
  }

  i2c(index: 0 | 1): I2cBus {
    return {
      attach: (address, device, pins) => {
        if (!Number.isInteger(address) || address < 0 || address > LAST_ADDRESS) throw new RangeError(`${address} is not an I2C address; they are 0 to 127`);
        for (const line of ['sda', 'scl'] as const) {
          if (pins !== undefined && !isI2cPin(pins[line], line, index)) throw new RangeError(`GP${pins[line]} is not ${line.toUpperCase()} of I2C${index}`);
        }
        this.i2cDevices[index].set(address, { device, pins });
        device.connect?.(this.clock);
      },
    };
  }

  spi(index: 0 | 1): SpiBus {
    return {
      attach: (device, pins = {}) => {
        this.spiDevices[index].push({ device, pins });
        device.connect?.(this.clock);
      },
    };
  }

  pin(pin: number): PinPort {
    return {
      attach: (device) => {
        this.pinDevices.set(pin, [...(this.pinDevices.get(pin) ?? []), device]);
        device.connect?.(this.pinOf(pin, device));
      },
    };
  }

  uart(index: 0 | 1): UartPort {
    return this.inputs[index];
  }

  /** Connects a device that does something to pins. */
  attach(device: Actuator): void {
    device.connect(this.board);
  }

  private pinOf(pin: number, device: PinDevice): DevicePin {
    const { clock, chip } = this;
    return {
      get nanos() {
        return clock.nanos;
      },
      get level() {
        return chip().corrected.pins.level(pin);
      },
      drive: (level) => {
        // While the chip and others are being told of an edge, the level cannot change again.
        if (this.following > 0) this.at(clock.nanos, () => this.setDriven(pin, level, device));
        else this.setDriven(pin, level, device);
      },
      at: (nanos, action) => this.at(nanos, action),
    };
  }

  private at(nanos: number, action: () => void): void {
    this.pendingActions++;
    this.clock.at(Math.max(nanos, this.clock.nanos), () => {
      this.pendingActions--;
      action();
    });
  }
}
