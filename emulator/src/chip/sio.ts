import type { RP2040 } from 'rp2040js';

type Sio = RP2040['sio'];

/** Registers that cannot be read: they do not exist, or only take a value. */
const UNREADABLE = new Set([0x0c, 0x7c, 0xbc, 0xfc]);
/** Registers that take no value: identity, inputs, status, results. */
const READ_ONLY = new Set([0x00, 0x04, 0x08, 0x0c, 0x5c, 0x78, 0x7c, 0x94, 0x98, 0x9c, 0xa0, 0xa4, 0xa8, 0xd4, 0xd8, 0xdc, 0xe0, 0xe4, 0xe8]);

/** Keeps the single-cycle IO from printing warnings on the terminal where silicon reads 0 or ignores a store. */
export function correctSio(sio: Sio): void {
  const read = sio.readUint32.bind(sio);
  sio.readUint32 = (offset) => (UNREADABLE.has(offset) ? 0 : read(offset));
  const write = sio.writeUint32.bind(sio);
  sio.writeUint32 = (offset, value) => {
    if (!READ_ONLY.has(offset)) write(offset, value);
  };
}
