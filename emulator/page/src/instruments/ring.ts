/** Rows before the memory of a ring grows for the first time. */
const FIRST_CAPACITY = 64;

/** The newest rows of numbers, up to a limit; the oldest make room for new ones. */
export class Ring {
  private values: Float64Array;
  private capacity: number;
  private first = 0;
  private count = 0;
  private lost = 0;

  /**
   * @param fields numbers in a row
   * @param limit rows that are kept
   */
  constructor(private readonly fields: number, private readonly limit: number) {
    this.capacity = Math.min(FIRST_CAPACITY, limit);
    this.values = new Float64Array(this.capacity * fields);
  }

  get length(): number {
    return this.count;
  }

  /** How many rows had to make room. */
  get dropped(): number {
    return this.lost;
  }

  push(...row: number[]): void {
    if (this.count === this.capacity && this.capacity < this.limit) this.grow();
    if (this.count === this.capacity) {
      this.first = (this.first + 1) % this.capacity;
      this.lost++;
    } else {
      this.count++;
    }
    this.values.set(row, ((this.first + this.count - 1) % this.capacity) * this.fields);
  }

  /** A number of a row; row 0 is the oldest. */
  at(row: number, field: number): number {
    return this.values[((this.first + row) % this.capacity) * this.fields + field] as number;
  }

  /** The first row whose field, by which the rows are in order, is not below `value`; the length if there is none. */
  firstFrom(field: number, value: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle, field) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(): void {
    const capacity = Math.min(this.limit, this.capacity * 2);
    const values = new Float64Array(capacity * this.fields);
    values.set(this.values); // before it first was full, it began at its start
    this.values = values;
    this.capacity = capacity;
  }
}
