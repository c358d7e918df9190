const SIZE = 8;

/**
 * A FIFO between a state machine and the bus: four words deep, eight where it has been given the other direction's, none where that has been given its own.
 * One without any depth is empty and full.
 */
export class PioFifo {
  level = 0;
  private readonly words = new Uint32Array(SIZE);
  private first = 0;
  private depth = 4;

  get isEmpty(): boolean {
    return this.level === 0;
  }

  get isFull(): boolean {
    return this.level >= this.depth;
  }

  /** Gives it another depth, which empties it. */
  resize(depth: number): void {
    this.depth = depth;
    this.level = 0;
  }

  push(word: number): void {
    this.words[(this.first + this.level) % SIZE] = word;
    this.level++;
  }

  pull(): number {
    const word = this.words[this.first] as number;
    this.first = (this.first + 1) % SIZE;
    this.level--;
    return word;
  }
}
