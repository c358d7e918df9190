import type { Actuator, PinBoard } from './device.js';

/** A finger is no quicker, so that a firmware that looks every 40 ms sees each press at any speed. */
const SHORTEST_PRESS_NANOS = 50e6;

interface Key {
  readonly row: number;
  readonly column: number;
  isHeld: boolean;
  /** Since when it connects its pins; undefined while it does not. */
  closedAt: number | undefined;
}

/** A matrix of keys: each connects the pin of its row with that of its column while it is held. It has no diodes. */
export class Keypad implements Actuator {
  private board: PinBoard | undefined;
  private readonly keys = new Map<string, Key>();

  /**
   * @param rows the pins of the rows, from the top
   * @param columns those of the columns, from the left
   */
  constructor(
    private readonly rows: readonly number[],
    private readonly columns: readonly number[],
  ) {}

  connect(board: PinBoard): void {
    this.board = board;
  }

  /**
   * Presses a key or lets go of it, by its row and column from 0.
   *
   * @throws RangeError if there is no such key
   */
  press(row: number, column: number, isDown: boolean): void {
    const key = this.keyAt(row, column);
    key.isHeld = isDown;
    if (isDown) this.close(key);
    else this.openLater(key);
  }

  private keyAt(row: number, column: number): Key {
    if (this.rows[row] === undefined || this.columns[column] === undefined) throw new RangeError(`there is no key ${row}, ${column}`);
    const name = `${row}, ${column}`;
    const key = this.keys.get(name) ?? { row: this.rows[row], column: this.columns[column], isHeld: false, closedAt: undefined };
    this.keys.set(name, key);
    return key;
  }

  private close(key: Key): void {
    const { board } = this;
    if (board === undefined || key.closedAt !== undefined) return;
    key.closedAt = board.nanos;
    board.wire(key.row, key.column, true);
  }

  private openLater(key: Key): void {
    const { board } = this;
    if (board === undefined || key.closedAt === undefined) return;
    const due = key.closedAt + SHORTEST_PRESS_NANOS;
    if (due > board.nanos) board.at(due, () => this.open(key, board));
    else this.open(key, board);
  }

  private open(key: Key, board: PinBoard): void {
    if (key.isHeld || key.closedAt === undefined) return;
    key.closedAt = undefined;
    board.wire(key.row, key.column, false);
  }
}
