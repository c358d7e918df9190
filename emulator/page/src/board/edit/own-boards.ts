import type { Keeper } from '../../edit/drafts.js';
import type { GivenBoard } from '../../files.js';
import { type Board, parseBoard } from '../board-file.js';

const PREFIX = 'uasync-board:';

/**
 * The boards that a user has in place of the programs' own: one that was given is for all programs, and one that was edited, or shared by
 * somebody else, is for its program. Those that were edited are kept while the page is open, also if it is loaded anew.
 */
export class OwnBoards {
  private given: GivenBoard | undefined;
  private readonly edited = new Map<string, GivenBoard>();
  private readonly shared = new Map<string, GivenBoard>();

  /** @param keeper undefined if the browser keeps nothing */
  constructor(private readonly keeper: Keeper | undefined) {
    for (let index = 0; index < (keeper?.length ?? 0); index++) this.restore(keeper?.key(index) ?? '');
  }

  /** The board for a program; undefined if that is its own. */
  of(program: string): GivenBoard | undefined {
    return this.edited.get(program) ?? this.shared.get(program) ?? this.given;
  }

  /** Takes a board for all programs, in place of what was edited of one. */
  give(board: GivenBoard, program: string): void {
    this.given = board;
    this.forget(program);
  }

  /**
   * Takes what somebody has shared, for its program only.
   *
   * @param board undefined for the program's own
   * @returns whether it is used: what the user has edited stays
   */
  share(board: GivenBoard | undefined, program: string): boolean {
    const edited = this.edited.get(program);
    if (board === undefined) this.shared.delete(program);
    else this.shared.set(program, board);
    return board === undefined || edited === undefined || isSame(edited.board, board.board);
  }

  /** @param own the program's own, which is used again as soon as the edited board is the same */
  edit(program: string, board: GivenBoard, own: GivenBoard): void {
    if (isSame(board.board, own.board)) {
      this.given = undefined;
      this.forget(program);
      return;
    }
    this.edited.set(program, board);
    try {
      this.keeper?.setItem(PREFIX + program, board.text);
    } catch {
      // There is no more room: it is kept until the page is left.
    }
  }

  private forget(program: string): void {
    this.edited.delete(program);
    this.shared.delete(program);
    this.keeper?.removeItem(PREFIX + program);
  }

  private restore(key: string): void {
    const text = key.startsWith(PREFIX) ? this.keeper?.getItem(key) : undefined;
    if (text === undefined || text === null) return;
    const program = key.slice(PREFIX.length);
    try {
      this.edited.set(program, { name: program, board: parseBoard(text), text });
    } catch {
      // Another version of the page has written it.
    }
  }
}

/** Whether both say the same, in whatever words. */
export function isSame(board: Board, other: Board): boolean {
  return JSON.stringify(board) === JSON.stringify(other);
}
