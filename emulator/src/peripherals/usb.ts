import type { RP2040 } from 'rp2040js';
import { addKeptRegisters } from './kept-registers.js';

const SETUP_PACKET = 0x000;
const ENDPOINT_CONTROLS = 0x008;
const BUFFER_CONTROLS = 0x080;
const BUFFER_CONTROLS_END = 0x100;
const ENDPOINT0_BUFFER = 0x100;

const ADDR_ENDP = 0x00;
const MAIN_CTRL = 0x40;
const SOF_RD = 0x48;
const SIE_CTRL = 0x4c;
const SIE_STATUS = 0x50;
const BUFF_CPU_SHOULD_HANDLE = 0x5c;
const EP_STALL_ARM = 0x68;
const INTE = 0x90;
/** The registers by which a firmware answers the host, besides the buffer controls, or tells what it wants to hear. */
const ANSWERS = new Set([ADDR_ENDP, MAIN_CTRL, SIE_CTRL, SIE_STATUS, EP_STALL_ARM, INTE]);

const CONTROLLER_ENABLE = 1 << 0;
const HOST_MODE = 1 << 1;
const PULL_UP = 1 << 16;
const EP0_INTERRUPT = 1 << 29;
const BUS_RESET = 1 << 19;
const SETUP_RECEIVED = 1 << 17;
const ADDRESS = 0x7f;
const FRAME_NUMBER = 0x7ff;
const DEVICE_FRAME = 1 << 17;

const ENDPOINT_ENABLE = 1 << 31;
const DOUBLE_BUFFERED = 1 << 30;
const INTERRUPT_PER_BUFFER = 1 << 29;
const INTERRUPT_PER_TWO_BUFFERS = 1 << 28;
const BUFFER_OFFSET = 0xffc0;
const SECOND_BUFFER = 64;

const FULL = 1 << 15;
const LAST = 1 << 14;
const SELECT_FIRST = 1 << 12;
const STALL = 1 << 11;
const AVAILABLE = 1 << 10;
const LENGTH = 0x3ff;

/** How the pins are driven past the controller, and the transceiver's trim: 4.1.4 of the datasheet. Here nothing drives them otherwise. */
const TRANSCEIVER = [
  { offset: 0x7c, reset: 0, bits: 0xff77 },
  { offset: 0x80, reset: 0, bits: 0x9fff },
  { offset: 0x84, reset: 0x1f1f, bits: 0x1f1f },
];

type Controller = RP2040['usbCtrl'];

/** The private parts of the controller that the corrections need. */
interface ControllerState {
  readonly addrEndp: number;
  readonly mainCtrl: number;
  readonly sieCtrl: number;
  sieStatus: number;
  buffStatus: number;
  epStallArm: number;
  intRaw: number;
  readonly intEnable: number;
  checkInterrupts(): void;
  sieStatusUpdated(): void;
  buffStatusUpdated(): void;
}

/** Which way data goes, as the host sees it: `in` is from the device. */
export type Direction = 'in' | 'out';

/** The port of a device, as a host sees it. */
export interface UsbDevicePort {
  /** The firmware has connected its pull-up, by which a host knows that there is a device. */
  readonly isConnected: boolean;
  /** The firmware has not taken notice yet of a reset of the bus. */
  readonly isBeingReset: boolean;
  /** The address to which the device answers. */
  readonly address: number;
  /** The firmware wants to be told of every frame's start. */
  readonly hearsFrames: boolean;
  /** The host's: the number of the frame that goes on. */
  frameNumber: () => number;
  /** Called when any of this, or what an endpoint would answer, may have changed. */
  onChange: (() => void) | undefined;
  resetBus(): void;
  /** Tells of the start of a frame, until the firmware reads its number. */
  startFrame(): void;
  /** Begins a control transfer with its 8 bytes. */
  setUp(packet: Uint8Array): void;
  /** What an endpoint answers now: the bytes that it has, or takes; undefined while it asks the host to come again later. */
  answer(endpoint: number, direction: Direction): number | 'stall' | undefined;
  /** Takes the packet that an endpoint has. */
  take(endpoint: number): Uint8Array;
  /** Gives an endpoint a packet, at most as long as it takes. */
  give(endpoint: number, packet: Uint8Array): void;
}

/**
 * Replaces the endpoints of the USB controller as a device.
 *
 * Those of `rp2040js` send though no host asks for anything, in no time, the second of two buffers before the first, and hand it over only
 * when the firmware has paused for 10 us. Its host (`USBCDC`) answers every armed receiver with an empty packet, an interrupt storm, and
 * neither ends a request with its status nor takes a refusal. Here a buffer stays armed until a host comes for it: see `usb-serial.ts`.
 */
export function correctUsb(chip: RP2040): UsbDevicePort {
  const controller: Controller = chip.usbCtrl;
  const state = controller as unknown as ControllerState;
  const { usbDPRAM: memory, usbDPRAMView: view } = chip;
  /** The endpoints whose second buffer is next, and those whose second buffer was done last, by their bits in BUFF_STATUS. */
  let nextIsSecond = 0;
  let lastWasSecond = 0;

  const bitOf = (endpoint: number, direction: Direction): number => 1 << (2 * endpoint + (direction === 'out' ? 1 : 0));
  const bufferControlOf = (endpoint: number, direction: Direction): number => BUFFER_CONTROLS + 8 * endpoint + (direction === 'out' ? 4 : 0);
  /** Endpoint 0 has none: what the others' says of it is set elsewhere, or fixed. */
  const controlOf = (endpoint: number, direction: Direction): number => {
    if (endpoint === 0) return ENDPOINT_ENABLE | (state.sieCtrl & EP0_INTERRUPT ? INTERRUPT_PER_BUFFER : 0) | ENDPOINT0_BUFFER;
    return view.getUint32(ENDPOINT_CONTROLS + 8 * (endpoint - 1) + (direction === 'out' ? 4 : 0), true);
  };
  const isSecond = (endpoint: number, direction: Direction): boolean =>
    (controlOf(endpoint, direction) & DOUBLE_BUFFERED) !== 0 && (nextIsSecond & bitOf(endpoint, direction)) !== 0;
  const bufferOf = (endpoint: number, direction: Direction): number =>
    (controlOf(endpoint, direction) & BUFFER_OFFSET) + (isSecond(endpoint, direction) ? SECOND_BUFFER : 0);

  /** The buffer that is next now belongs to the firmware. */
  const complete = (endpoint: number, direction: Direction, change: (bits: number) => number): void => {
    const register = bufferControlOf(endpoint, direction);
    const control = controlOf(endpoint, direction);
    const second = isSecond(endpoint, direction);
    const offset = register + (second ? 2 : 0);
    const bits = view.getUint16(offset, true);
    view.setUint16(offset, change(bits & ~AVAILABLE), true);
    const bit = bitOf(endpoint, direction);
    const isDouble = (control & DOUBLE_BUFFERED) !== 0;
    lastWasSecond = second ? lastWasSecond | bit : lastWasSecond & ~bit;
    nextIsSecond = isDouble && !second ? nextIsSecond | bit : nextIsSecond & ~bit;
    const isPairDone = isDouble && (control & INTERRUPT_PER_TWO_BUFFERS) !== 0 && (second || (bits & LAST) !== 0);
    if (!(control & INTERRUPT_PER_BUFFER) && !isPairDone) return;
    state.buffStatus |= bit;
    state.buffStatusUpdated();
  };

  addKeptRegisters(controller, TRANSCEIVER);
  controller.DPRAMUpdated = (offset, value) => {
    if (offset >= BUFFER_CONTROLS && offset < BUFFER_CONTROLS_END && value & SELECT_FIRST) nextIsSecond &= ~(1 << ((offset - BUFFER_CONTROLS) >> 2));
    if (offset < BUFFER_CONTROLS_END) port.onChange?.();
  };
  const read = controller.readUint32.bind(controller);
  controller.readUint32 = (offset) => {
    if (offset === BUFF_CPU_SHOULD_HANDLE) return lastWasSecond >>> 0;
    if (offset !== SOF_RD) return read(offset);
    state.intRaw &= ~DEVICE_FRAME;
    state.checkInterrupts();
    return port.frameNumber() & FRAME_NUMBER;
  };
  const write = controller.writeUint32.bind(controller);
  controller.writeUint32 = (offset, value) => {
    write(offset, value);
    if (ANSWERS.has(offset)) port.onChange?.();
  };

  const port: UsbDevicePort = {
    onChange: undefined,
    frameNumber: () => 0,
    get hearsFrames() {
      return (state.intEnable & DEVICE_FRAME) !== 0;
    },
    get isConnected() {
      return (state.mainCtrl & (CONTROLLER_ENABLE | HOST_MODE)) === CONTROLLER_ENABLE && (state.sieCtrl & PULL_UP) !== 0;
    },
    get isBeingReset() {
      return (state.sieStatus & BUS_RESET) !== 0;
    },
    get address() {
      return state.addrEndp & ADDRESS;
    },
    resetBus() {
      state.sieStatus |= BUS_RESET;
      state.sieStatusUpdated();
    },
    startFrame() {
      state.intRaw |= DEVICE_FRAME;
      state.checkInterrupts();
    },
    setUp(packet) {
      memory.set(packet, SETUP_PACKET);
      state.epStallArm = 0;
      state.sieStatus |= SETUP_RECEIVED;
      state.sieStatusUpdated();
    },
    answer(endpoint, direction) {
      const control = view.getUint32(bufferControlOf(endpoint, direction), true);
      if (!(controlOf(endpoint, direction) & ENDPOINT_ENABLE)) return undefined;
      if (control & STALL && (endpoint !== 0 || state.epStallArm & bitOf(endpoint, direction))) return 'stall';
      const bits = isSecond(endpoint, direction) ? control >>> 16 : control;
      if (!(bits & AVAILABLE) || (direction === 'in') !== ((bits & FULL) !== 0)) return undefined;
      return bits & LENGTH;
    },
    take(endpoint) {
      const from = bufferOf(endpoint, 'in');
      const packet = memory.slice(from, from + (this.answer(endpoint, 'in') as number));
      complete(endpoint, 'in', (bits) => bits & ~FULL);
      return packet;
    },
    give(endpoint, packet) {
      memory.set(packet, bufferOf(endpoint, 'out'));
      complete(endpoint, 'out', (bits) => (bits & ~LENGTH) | FULL | packet.length);
    },
  };
  return port;
}
