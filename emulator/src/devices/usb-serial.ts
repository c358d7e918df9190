import type { CycleClock } from '../clock.js';
import type { Direction, UsbDevicePort } from '../peripherals/usb.js';
import { type ControlAnswer, type ControlPacket, DEVICE_ADDRESS, openSerialPort, setSpeed } from './usb-control.js';
import type { SerialFunction } from './usb-descriptors.js';
import { UsbFrames } from './usb-frames.js';

/** From the pull-up to the reset of the bus: a host waits until the plug sits. */
const DEBOUNCE_NANOS = 100e6;
/** From there to the first packet: the reset, and time for the device to recover from it. */
const RESET_NANOS = 20e6;
const BIT_NANOS = 1000 / 12;
/** What a packet costs besides its data: token, handshake, synchronisation and the pauses between them. */
const OVERHEAD_BYTES = 13;

/** Something that the host does next, as soon as the device lets it. */
interface Transaction {
  /** How much data goes over the bus. */
  readonly length: number;
  readonly run: () => void;
}

/** The serial port that a device offers, as a program at the other end has it. */
export interface UsbSerialPort {
  /** True while the port is open: what is sent before or after that is lost. */
  readonly isOpen: boolean;
  /** Whether the program reads what comes. While it does not, the host asks for nothing. */
  isReading: boolean;
  /** Sends bytes to the firmware, as fast as it takes them. */
  receive(bytes: Uint8Array): void;
  /** Sets the speed of the port, which many a device takes for a sign. Nothing happens while it is not open. */
  setSpeed(baud: number): void;
  /** Takes the plug out and puts it in again: the bus is reset, and the port is opened anew. */
  replug(): void;
}

/**
 * A host at the USB port, with a program that has the device's serial port open.
 *
 * Comes to life when the firmware connects its pull-up. It acts only on what the device does or on what is to be sent: nothing is asked for in
 * vain, and frames start only for a device that hears of it, so that a firmware which waits costs nothing.
 */
export class UsbSerial implements UsbSerialPort {
  /** Called when the port has been opened. */
  onOpen: (() => void) | undefined;

  private readonly queue: number[] = [];
  private port: UsbDevicePort | undefined;
  private alarm: ReturnType<CycleClock['createAlarm']> | undefined;
  private frames: UsbFrames | undefined;
  private stage: 'detached' | 'debounce' | 'reset' | 'control' | 'open' | 'idle' = 'detached';
  private dialogue: ReturnType<typeof openSerialPort> | ReturnType<typeof setSpeed> | undefined;
  private packet: ControlPacket | undefined;
  private serial: SerialFunction | undefined;
  private transaction: Transaction | undefined;
  private lastDirection: Direction = 'out';
  private reads = true;

  constructor(
    private readonly clock: CycleClock,
    private readonly onByte: (byte: number) => void,
  ) {}

  get isOpen(): boolean {
    return this.serial !== undefined;
  }

  get isReading(): boolean {
    return this.reads;
  }

  set isReading(reads: boolean) {
    this.reads = reads;
    this.proceed();
  }

  receive(bytes: Uint8Array): void {
    if (!this.isOpen) return;
    for (const byte of bytes) this.queue.push(byte);
    this.proceed();
  }

  setSpeed(baud: number): void {
    if (this.serial === undefined || this.stage !== 'open') return;
    this.stage = 'control';
    this.dialogue = setSpeed(this.serial, baud);
    this.advance(this.dialogue.next());
    this.proceed();
  }

  replug(): void {
    this.detach();
    this.follow();
  }

  /** Connects the host to a chip that was powered on or reset, in place of the one before. */
  connect(port: UsbDevicePort): void {
    if (this.port !== undefined) this.port.onChange = undefined;
    this.alarm?.cancel();
    this.detach();
    this.port = port;
    this.alarm = this.clock.createAlarm(() => this.elapsed());
    this.frames = new UsbFrames(this.clock, port);
    port.onChange = () => this.follow();
  }

  private follow(): void {
    const isConnected = this.port?.isConnected === true;
    if (!isConnected) {
      if (this.stage !== 'detached') this.detach();
    } else if (this.stage === 'detached') {
      this.stage = 'debounce';
      this.alarm?.schedule(DEBOUNCE_NANOS);
    } else {
      this.frames?.follow();
      this.proceed();
    }
  }

  private detach(): void {
    this.alarm?.cancel();
    this.frames?.end();
    this.stage = 'detached';
    this.queue.length = 0;
    this.dialogue = this.packet = this.serial = this.transaction = undefined;
  }

  private elapsed(): void {
    if (this.stage === 'debounce') {
      this.stage = 'reset';
      this.alarm?.schedule(RESET_NANOS);
      this.port?.resetBus();
    } else if (this.stage === 'reset') {
      this.stage = 'control';
      this.frames?.begin();
      this.dialogue = openSerialPort();
      this.advance(this.dialogue.next());
      this.proceed();
    } else {
      const { transaction } = this;
      this.transaction = undefined;
      transaction?.run();
      this.proceed();
    }
  }

  /** Begins the next transaction, unless there is one or none is possible. */
  private proceed(): void {
    const { port } = this;
    if (port === undefined || this.transaction !== undefined || port.isBeingReset) return;
    if (this.stage === 'control') this.transaction = this.nextOfControl(port);
    if (this.stage === 'open') this.transaction = this.nextOfSerial(port);
    if (this.transaction !== undefined) this.alarm?.schedule((this.transaction.length + OVERHEAD_BYTES) * 8 * BIT_NANOS);
  }

  private nextOfControl(port: UsbDevicePort): Transaction | undefined {
    const { packet } = this;
    if (packet === undefined || port.address !== packet.address) return undefined;
    if (packet.kind === 'setup') {
      const run = (): void => {
        port.setUp(packet.bytes);
        this.answered(packet.bytes);
      };
      return { length: packet.bytes.length, run };
    }
    const answer = port.answer(0, packet.kind);
    if (answer === 'stall') return { length: 0, run: () => this.answered('stall') };
    if (packet.kind === 'in') return this.input(port, 0, (bytes) => this.answered(bytes));
    return this.output(port, 0, packet.bytes, () => this.answered(packet.bytes));
  }

  /** The device and the host take turns where both have something to say. */
  private nextOfSerial(port: UsbDevicePort): Transaction | undefined {
    const { serial, queue } = this;
    if (serial === undefined || port.address !== DEVICE_ADDRESS) return undefined;
    const input = !this.reads ? undefined : this.input(port, serial.in.number, (bytes) => {
      this.lastDirection = 'in';
      bytes.forEach((byte) => this.onByte(byte));
    });
    if (queue.length === 0 || (input !== undefined && this.lastDirection === 'out')) return input;
    const room = port.answer(serial.out.number, 'out');
    if (typeof room !== 'number' || room === 0) return input;
    const packet = Uint8Array.from(queue.slice(0, Math.min(serial.out.packetBytes, room)));
    return this.output(port, serial.out.number, packet, () => {
      this.lastDirection = 'out';
      queue.splice(0, packet.length);
    });
  }

  private input(port: UsbDevicePort, endpoint: number, then: (bytes: Uint8Array) => void): Transaction | undefined {
    const length = port.answer(endpoint, 'in');
    if (typeof length !== 'number') return undefined;
    const run = (): void => {
      if (port.answer(endpoint, 'in') === length) then(port.take(endpoint));
    };
    return { length, run };
  }

  private output(port: UsbDevicePort, endpoint: number, bytes: Uint8Array, then: () => void): Transaction | undefined {
    const fits = (): boolean => {
      const room = port.answer(endpoint, 'out');
      return typeof room === 'number' && room >= bytes.length;
    };
    if (!fits()) return undefined;
    const run = (): void => {
      if (!fits()) return;
      port.give(endpoint, bytes);
      then();
    };
    return { length: bytes.length, run };
  }

  private answered(answer: ControlAnswer): void {
    if (this.dialogue !== undefined) this.advance(this.dialogue.next(answer));
  }

  private advance(result: IteratorResult<ControlPacket, SerialFunction | undefined>): void {
    this.packet = result.done ? undefined : result.value;
    if (!result.done) return;
    const isNew = this.serial === undefined && result.value !== undefined;
    this.serial = result.value;
    this.stage = result.value === undefined ? 'idle' : 'open';
    if (isNew) this.onOpen?.();
  }
}
