/** A place in the source. `file` is as short as it can be said: `examples/05_queue.cpp`. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
}
