/** A part of the flash, by offsets from its first byte; the end is the first offset behind it. */
export interface Range {
  readonly start: number;
  readonly end: number;
}
