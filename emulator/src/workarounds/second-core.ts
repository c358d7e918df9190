import type { RP2040 } from 'rp2040js';

const FIFO_ST = 0x50;
const FIFO_WR = 0x54;
const FIFO_RD = 0x58;
const FIFO_READY = 1 << 1;

/**
 * Answers for the mailbox between the cores, which is not emulated: always room to write, never anything to read.
 * `rp2040js` prints a warning on the terminal for every access instead.
 */
export function correctMailbox(chip: RP2040): void {
  const { sio } = chip;
  const read = sio.readUint32.bind(sio);
  sio.readUint32 = (offset) => {
    if (offset === FIFO_ST) return FIFO_READY;
    if (offset === FIFO_RD || offset === FIFO_WR) return 0;
    return read(offset);
  };
  const write = sio.writeUint32.bind(sio);
  sio.writeUint32 = (offset, value) => {
    if (offset < FIFO_ST || offset > FIFO_RD) write(offset, value);
  };
}
