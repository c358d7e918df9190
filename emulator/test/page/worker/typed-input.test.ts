import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { TypedInput } from '../../../page/src/worker/typed-input.js';

const BYTES = Uint8Array.of(104, 105);
const [UARTFR, UARTCR] = [0x40034018, 0x40034030];

/** A board of which only what the console needs is there. */
function boardWith(isUsbOpen: boolean, registers: Readonly<Record<number, number>>) {
  const sent: string[] = [];
  const board = {
    nanos: 0,
    uart: (index: number) => ({ receive: (bytes: Uint8Array) => sent.push(`UART${index} ${bytes.length}`) }),
    usb: { isOpen: isUsbOpen, receive: (bytes: Uint8Array) => sent.push(`USB ${bytes.length}`) },
    inspect: { peripheral: (address: number) => registers[address] },
  };
  const input = new TypedInput(board as unknown as ConstructorParameters<typeof TypedInput>[0]);
  return { board, input, sent };
}

describe('what is typed', () => {
  it('goes to the port that was chosen', () => {
    const { input, sent } = boardWith(true, {});
    for (const port of ['both', 'uart', 'usb'] as const) input.send(BYTES, port);
    assert.deepEqual(sent, ['UART0 2', 'USB 2', 'UART0 2', 'USB 2']);
  });

  it('is known to be read or not after a while, once', () => {
    for (const [isUsbOpen, fr, cr, port, verdict] of [
      [false, 0x10, 0x301, 'both', ''],
      [true, 0, 0, 'both', ''],
      [true, 0, 0x301, 'uart', 'The program has not read what you typed.'],
      [false, 0x10, 0x101, 'both', 'The program does not listen to its console: what you type is lost.'],
      [false, 0x10, 0x301, 'usb', 'The program has no USB port open: what you type is lost.'],
    ] as const) {
      const { input, board } = boardWith(isUsbOpen, { [UARTFR]: fr, [UARTCR]: cr });
      assert.equal(input.verdict(), undefined);
      input.send(BYTES, port);
      board.nanos = 499e6;
      assert.equal(input.verdict(), undefined);
      board.nanos = 500e6;
      assert.equal(input.verdict(), verdict);
      assert.equal(input.verdict(), undefined);
    }
  });
});
