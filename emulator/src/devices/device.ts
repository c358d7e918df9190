/** What a device is told of the board it is connected to. */
export interface DeviceBoard {
  /** Simulated time in nanoseconds. */
  readonly nanos: number;
}

/** The board of a device that does something of its own accord. */
export interface TimedBoard extends DeviceBoard {
  /** Runs an action at a simulated time from now on, a cycle later at least, whether or not the core sleeps or the chip is reset until then. */
  at(nanos: number, action: () => void): void;
}

/** The pin that a device is at: what it is told of it, and what it can do there. */
export interface DevicePin extends TimedBoard {
  /** The level of its pin, 0 or 1. */
  readonly level: number;
  /**
   * Drives its pin from now on; undefined lets go of it. Of several devices at a pin, one that drives it low wins; an output of the chip is
   * stronger than all of them. The answer to an edge comes a cycle after the edge.
   */
  drive(level: 0 | 1 | undefined): void;
}

/** What a device at several pins can do on its board. */
export interface PinBoard extends TimedBoard {
  /** Drives a pin, or lets go of it. An output of the chip is stronger. */
  drive(pin: number, level: 0 | 1 | undefined): void;
  /** Connects two pins, or takes one such connection away. */
  wire(pin: number, other: number, isConnected: boolean): void;
}

/** A device that does something to pins without listening to one. */
export interface Actuator {
  connect(board: PinBoard): void;
}

/** A device on an I2C bus. */
export interface I2cDevice {
  /** It is connected, to a bus whose time it may want to know. */
  connect?(board: DeviceBoard): void;
  /** It has been addressed, to be read from or written to. */
  start?(isRead: boolean): void;
  /** Takes a byte. False refuses it. */
  write(byte: number): boolean;
  /** Gives the next byte. */
  read(): number;
  /** The transfer is over. */
  stop?(): void;
}

/** A device on an SPI bus. */
export interface SpiDevice {
  connect?(board: DeviceBoard): void;
  /** Its chip select has gone low. */
  select?(): void;
  /** Its chip select has gone high. */
  deselect?(): void;
  /** Its reset pin has gone low, or high again. It gets no bytes in between. */
  setReset?(isHeld: boolean): void;
  /**
   * Takes a byte, and gives one at the same time.
   *
   * @param isData the level of the data/command pin, for a device that has one
   */
  transfer(byte: number, isData: boolean): number;
}

/** A device at a pin, which listens to it and may drive it. */
export interface PinDevice {
  connect?(pin: DevicePin): void;
  /** The level of its pin has changed. */
  edge(level: number, nanos: number): void;
}
