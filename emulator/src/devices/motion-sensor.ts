import type { Actuator, PinBoard } from './device.js';

/** A passive infrared sensor, such as the HC-SR501: its output is high while something moves, and for some time after that. */
export class MotionSensor implements Actuator {
  private board: PinBoard | undefined;
  private isMoving = false;
  /** When the output goes low, if nothing moves until then. */
  private endsAt = 0;

  /** @param holdNanos how long the output stays high after the last motion */
  constructor(
    private readonly pin: number,
    private readonly holdNanos: number,
  ) {}

  connect(board: PinBoard): void {
    this.board = board;
    board.drive(this.pin, 0);
  }

  /** Something begins or ceases to move in front of it. */
  see(isMoving: boolean): void {
    const { board } = this;
    if (board === undefined || isMoving === this.isMoving) return;
    this.isMoving = isMoving;
    if (isMoving) {
      board.drive(this.pin, 1);
      return;
    }
    this.endsAt = board.nanos + this.holdNanos;
    board.at(this.endsAt, () => {
      if (!this.isMoving && board.nanos >= this.endsAt) board.drive(this.pin, 0);
    });
  }
}
