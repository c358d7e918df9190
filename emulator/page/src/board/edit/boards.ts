import { sessionKeeper } from '../../edit/session.js';
import { boardOf, type GivenBoard, PLAIN_BOARD } from '../../files.js';
import type { NamedPin } from '../../instruments/index.js';
import type { Request } from '../../protocol.js';
import type { SharedProgram } from '../../share/shared-program.js';
import type { Board } from '../board-file.js';
import type { BoardElement } from '../board.js';
import { BoardEditor } from './board-editor.js';
import { OwnBoards } from './own-boards.js';

/** A program as far as its board is concerned. */
export interface BoardProgram {
  readonly file: string;
  /** Its own, which the user may have another in the place of. */
  readonly board: GivenBoard;
}

export interface BoardsEvents {
  send(request: Request): void;
  /** A board is shown. @param pins those that something is connected to */
  onBoard(board: Board, pins: readonly NamedPin[]): void;
}

/** Which board is around the Pico: a program's own, one that was given for all, or what the user has made of it. */
export class Boards {
  private readonly own = new OwnBoards(sessionKeeper());
  private readonly editor: BoardEditor;
  private program: BoardProgram = { file: '', board: PLAIN_BOARD };

  constructor(private readonly element: BoardElement, private readonly events: BoardsEvents) {
    this.editor = new BoardEditor(element, { onChange: (board, isPowerOn) => this.change(board, isPowerOn) });
  }

  /** The board that is shown. */
  get shown(): GivenBoard {
    return this.given ?? this.program.board;
  }

  /** The same, unless it is the program's own. */
  get given(): GivenBoard | undefined {
    return this.own.of(this.program.file);
  }

  /** Shows the board of a program. */
  use(program: BoardProgram): void {
    this.program = program;
    this.show();
  }

  /** What a file of the user's own has for its board: that which is shown, or the one that it had before it was built again. */
  ofFile(file: string): GivenBoard {
    return this.program.file === file ? this.program.board : this.shown;
  }

  /** Takes a board in place of the programs' own. */
  give(board: GivenBoard): void {
    this.own.give(board, this.program.file);
    this.show();
  }

  /**
   * Takes the board that somebody has shared with a program, before that is used. A board that the user has made of the program's own stays.
   *
   * @throws BoardError
   */
  take({ program, board }: SharedProgram, file: string, teller: { tell(text: string): void }): void {
    if (this.own.share(board === undefined ? undefined : boardOf(program, board), file)) return;
    teller.tell(`You have a board of your own for "${program}", which stays. To get the one that was shared, press Edit board and Start anew, and open the link or the file again.`);
  }

  private change(board: GivenBoard, isPowerOn: boolean): void {
    this.own.edit(this.program.file, board, this.program.board);
    this.show();
    if (isPowerOn) this.events.send({ kind: 'reset' });
  }

  private show(): void {
    const { element, shown, program } = this;
    element.setBoard(shown.board);
    this.editor.show(program.file, shown, program.board);
    this.events.onBoard(shown.board, element.namedPins);
    this.events.send({ kind: 'devices', devices: element.simulatedParts });
  }
}
