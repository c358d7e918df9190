const MOST_FAULTS = 100;

/** Something that the host does with a wire that the device's data sheet does not allow. */
export interface WireFault {
  readonly nanos: number;
  readonly text: string;
}

/** Notes a fault, unless there are a hundred already. */
export function noteFault(faults: WireFault[], nanos: number, text: string): void {
  if (faults.length < MOST_FAULTS) faults.push({ nanos, text });
}

/** A time in the words of a fault, in microseconds. */
export function micros(nanos: number): string {
  return `${Math.round(nanos / 100) / 10} us`;
}
