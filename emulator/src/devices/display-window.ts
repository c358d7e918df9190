/** The first column or row, and the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The window of a display's memory that pixels are written into, and where in it the next one goes. */
export class DisplayWindow {
  column = 0;
  row = 0;

  constructor(
    public columns: Span,
    public rows: Span,
  ) {}

  /** The next pixel is the first. */
  begin(): void {
    this.column = this.columns.start;
    this.row = this.rows.start;
  }

  /** Goes on to the next pixel: row by row, and from the last to the first. */
  step(): void {
    if (this.column < this.columns.end) {
      this.column++;
      return;
    }
    this.column = this.columns.start;
    this.row = this.row < this.rows.end ? this.row + 1 : this.rows.start;
  }
}
