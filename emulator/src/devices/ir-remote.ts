import type { Actuator, PinBoard } from './device.js';

/** Times of NEC's protocol in nanoseconds: bursts, and the pauses behind them. */
const LEADER = 9_000_000;
const LEADER_PAUSE = 4_500_000;
const REPEAT_PAUSE = 2_250_000;
const BURST = 562_500;
const PAUSES = [562_500, 1_687_500] as const;
const PERIOD = 108_000_000;
const REPEAT = [LEADER, REPEAT_PAUSE, BURST];

/**
 * A remote control of NEC's protocol and the demodulator that it points at: its pin is low while the carrier is on. A key that is pressed is sent once at
 * least; while it is held, a repeat follows each 108 ms.
 */
export class IrRemote implements Actuator {
  private board: PinBoard | undefined;
  private isSending = false;
  /** The key that is sent next. */
  private wanted: number | undefined;
  /** The key that is down; of several, the newest. */
  private held: number | undefined;

  /** @param address 0 to 255, or with the protocol's extension up to 65535 */
  constructor(
    private readonly pin: number,
    private readonly address = 0,
  ) {}

  connect(board: PinBoard): void {
    this.board = board;
    board.drive(this.pin, 1);
  }

  /** A key goes down or comes up. @param command 0 to 255 */
  press(command: number, isDown: boolean): void {
    if (isDown) {
      this.held = this.wanted = command;
      if (!this.isSending) this.send();
    } else if (this.held === command) {
      this.held = undefined;
    }
  }

  private send(): void {
    const { board, wanted } = this;
    if (board === undefined) return;
    this.isSending = wanted !== undefined || this.held !== undefined;
    if (!this.isSending) return;
    this.wanted = undefined;
    let { nanos } = board;
    (wanted === undefined ? REPEAT : this.frame(wanted)).forEach((length, index) => {
      board.at(nanos, () => board.drive(this.pin, index % 2 === 0 ? 0 : 1));
      nanos += length;
    });
    board.at(nanos, () => board.drive(this.pin, 1));
    board.at(board.nanos + PERIOD, () => this.send());
  }

  private frame(command: number): readonly number[] {
    const { address } = this;
    const bytes = [address & 0xff, address > 0xff ? address >> 8 : address ^ 0xff, command, command ^ 0xff];
    const bits = bytes.flatMap((byte) => Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1));
    return [LEADER, LEADER_PAUSE, ...bits.flatMap((bit) => [BURST, PAUSES[bit as 0 | 1]]), BURST];
  }
}
