import type { Direction } from '../peripherals/usb.js';
import { findSerialFunction, type SerialFunction } from './usb-descriptors.js';

const FROM_DEVICE = 0x80;
const TO_CLASS_INTERFACE = 0x21;

const SET_ADDRESS = 5;
const GET_DESCRIPTOR = 6;
const SET_CONFIGURATION = 9;
const SET_LINE_CODING = 0x20;
const SET_CONTROL_LINE_STATE = 0x22;

const DEVICE = 1;
const CONFIGURATION = 2;
const CONFIGURATION_BYTES = 9;
const DEVICE_HEAD_BYTES = 8;

/** 115200 baud, one stop bit, no parity, 8 data bits. */
const LINE_CODING = Uint8Array.of(0x00, 0xc2, 0x01, 0x00, 0, 0, 8);
/** Somebody has opened the port (DTR) and is ready to receive (RTS). */
const PORT_OPEN = 3;

/** The address that the host gives to the device. */
export const DEVICE_ADDRESS = 1;

/** A packet that the host sends to endpoint 0, or asks it for; after an `in` the generator gets what came, or a stall. */
export type ControlPacket =
  | { readonly kind: 'setup'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly kind: Extract<Direction, 'in'>; readonly address: number }
  | { readonly kind: Extract<Direction, 'out'>; readonly address: number; readonly bytes: Uint8Array };

export type ControlAnswer = Uint8Array | 'stall';

type Control<T> = Generator<ControlPacket, T, ControlAnswer>;

interface ControlRequest {
  readonly type: number;
  readonly request: number;
  readonly value: number;
  readonly index?: number;
}

/**
 * What a host says to a device until its serial port is open, as a sequence of packets.
 *
 * Ends with undefined if the device has no serial port, or refuses what every device must answer.
 */
export function* openSerialPort(): Control<SerialFunction | undefined> {
  let address = 0;
  let packetBytes = DEVICE_HEAD_BYTES;

  const head = yield* read(DEVICE, DEVICE_HEAD_BYTES);
  if (head === undefined || head.length < DEVICE_HEAD_BYTES) return undefined;
  packetBytes = head[7] as number;
  if ((yield* write({ type: 0, request: SET_ADDRESS, value: DEVICE_ADDRESS })) === 'stall') return undefined;
  address = DEVICE_ADDRESS;
  const configuration = yield* read(CONFIGURATION, CONFIGURATION_BYTES);
  if (configuration === undefined || configuration.length < CONFIGURATION_BYTES) return undefined;
  const descriptors = yield* read(CONFIGURATION, (configuration[2] as number) | ((configuration[3] as number) << 8));
  const found = descriptors && findSerialFunction(descriptors);
  if (found === undefined) return undefined;
  if ((yield* write({ type: 0, request: SET_CONFIGURATION, value: found.configuration })) === 'stall') return undefined;
  // A device may refuse these: it has no line that could be set, or does not care who listens.
  const settings = { type: TO_CLASS_INTERFACE, index: found.controlInterface };
  yield* write({ ...settings, request: SET_LINE_CODING, value: 0 }, LINE_CODING);
  yield* write({ ...settings, request: SET_CONTROL_LINE_STATE, value: PORT_OPEN });
  return found;

  function* read(descriptor: number, length: number): Control<Uint8Array | undefined> {
    yield setup({ type: FROM_DEVICE, request: GET_DESCRIPTOR, value: descriptor << 8 }, length);
    const received: number[] = [];
    for (let isMore = true; isMore; ) {
      const packet = yield { kind: 'in', address };
      if (packet === 'stall') return undefined;
      received.push(...packet);
      isMore = packet.length >= packetBytes && received.length < length;
    }
    const status = yield { kind: 'out', address, bytes: new Uint8Array() };
    return status === 'stall' ? undefined : Uint8Array.from(received);
  }

  function* write(request: ControlRequest, data = new Uint8Array()): Control<ControlAnswer> {
    yield setup(request, data.length);
    for (let at = 0; at < data.length; at += packetBytes) {
      if ((yield { kind: 'out', address, bytes: data.subarray(at, at + packetBytes) }) === 'stall') return 'stall';
    }
    return yield { kind: 'in', address };
  }

  function setup({ type, request, value, index = 0 }: ControlRequest, length: number): ControlPacket {
    const bytes = Uint8Array.of(type, request, value & 0xff, value >> 8, index & 0xff, index >> 8, length & 0xff, length >> 8);
    return { kind: 'setup', address, bytes };
  }
}

/** What a host says when a program sets the speed of the open port. Ends with the port's function. */
export function* setSpeed(serial: SerialFunction, baud: number): Control<SerialFunction> {
  const coding = LINE_CODING.slice();
  new DataView(coding.buffer).setUint32(0, baud, true);
  const bytes = Uint8Array.of(TO_CLASS_INTERFACE, SET_LINE_CODING, 0, 0, serial.controlInterface, 0, coding.length, 0);
  yield { kind: 'setup', address: DEVICE_ADDRESS, bytes };
  if ((yield { kind: 'out', address: DEVICE_ADDRESS, bytes: coding }) !== 'stall') yield { kind: 'in', address: DEVICE_ADDRESS };
  return serial;
}
