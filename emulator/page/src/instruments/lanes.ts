/** A row of an instrument: where it is, from its top. */
export interface Row<Lane> {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
}

/** Puts lanes below each other. */
export function layOut<Lane>(lanes: readonly Lane[], top: number, heightOf: (lane: Lane) => number): Row<Lane>[] {
  let next = top;
  return lanes.map((lane) => {
    const row = { lane, top: next, height: heightOf(lane) };
    next += row.height;
    return row;
  });
}

/** The row at a height; undefined if none is there. */
export function rowAt<Lane>(rows: readonly Row<Lane>[], y: number): Row<Lane> | undefined {
  return rows.find(({ top, height }) => y >= top && y < top + height);
}

/** The row below (1) or above (-1) that of a lane, or that row itself at the edge; the first or the last one if no row has the lane. */
export function rowBeside<Lane>(rows: readonly Row<Lane>[], lane: Lane | undefined, by: -1 | 1): Row<Lane> | undefined {
  const index = rows.findIndex((row) => row.lane === lane);
  if (index < 0) return by > 0 ? rows[0] : rows.at(-1);
  return rows[Math.min(rows.length - 1, Math.max(0, index + by))];
}

/** The height that rows need, or `top` where there are none. */
export function bottomOf(rows: readonly Row<unknown>[], top: number): number {
  const last = rows.at(-1);
  return last === undefined ? top : last.top + last.height;
}

/** Shortens a text until it fits, with an ellipsis for what is missing. */
export function shorten(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text;
  for (let length = text.length - 1; length > 0; length--) {
    const shortened = `${text.slice(0, length)}…`;
    if (measure(shortened) <= width) return shortened;
  }
  return '';
}
