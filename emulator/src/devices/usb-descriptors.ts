const CONFIGURATION = 2;
const INTERFACE = 4;
const ENDPOINT = 5;

const COMMUNICATION_CLASS = 2;
const DATA_CLASS = 10;
const FROM_DEVICE = 0x80;
const TRANSFER_KIND = 3;
const BULK = 2;

/** An endpoint for data, with the size of its packets. */
export interface BulkEndpoint {
  readonly number: number;
  readonly packetBytes: number;
}

/** What a host must know of a device to use its serial port (class CDC ACM). */
export interface SerialFunction {
  /** The value by which this configuration is chosen. */
  readonly configuration: number;
  /** The interface that the settings of the port go to. */
  readonly controlInterface: number;
  readonly in: BulkEndpoint;
  readonly out: BulkEndpoint;
}

/** Finds the first serial port in a configuration's descriptors; undefined if there is none. */
export function findSerialFunction(descriptors: Uint8Array): SerialFunction | undefined {
  const endpoints: { in?: BulkEndpoint; out?: BulkEndpoint } = {};
  let configuration = 1;
  let controlInterface: number | undefined;
  let isData = false;
  for (let at = 0; at + 2 <= descriptors.length; ) {
    const [length = 0, kind] = descriptors.subarray(at);
    if (length < 2) break;
    const field = (index: number): number => (index < length ? (descriptors[at + index] ?? 0) : 0);
    if (kind === CONFIGURATION) configuration = field(5);
    if (kind === INTERFACE) {
      if (field(5) === COMMUNICATION_CLASS) controlInterface ??= field(2);
      isData = field(5) === DATA_CLASS;
    }
    if (kind === ENDPOINT && isData && (field(3) & TRANSFER_KIND) === BULK) {
      endpoints[field(2) & FROM_DEVICE ? 'in' : 'out'] ??= { number: field(2) & 0xf, packetBytes: field(4) | (field(5) << 8) };
    }
    at += length;
  }
  const { in: input, out: output } = endpoints;
  return input && output && { configuration, controlInterface: controlInterface ?? 0, in: input, out: output };
}
