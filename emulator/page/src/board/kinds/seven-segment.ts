import { COM, COMMONS, type Common, type Part, type SimulatedKind } from './kind.js';

/** A digit of seven lamps and a point, each on a pin of its own. */
export interface SevenSegmentPart extends Part {
  readonly type: 'seven_segment';
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
  readonly g: number;
  readonly dp: number | undefined;
  readonly common: Common;
}

const SEGMENTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;

export const SEVEN_SEGMENT: SimulatedKind<SevenSegmentPart> = {
  title: '7-segment digit',
  label: 'Digit',
  color: 'red',
  terminals: [...SEGMENTS.map((field) => ({ field, name: field.toUpperCase() })), { field: 'dp', name: 'DP', isOptional: true }, COM],
  fields: ['common'],
  isSimulated: true,
  read(part) {
    const [a, b, c, d] = [part.pin('a'), part.pin('b'), part.pin('c'), part.pin('d')];
    const [e, f, g] = [part.pin('e'), part.pin('f'), part.pin('g')];
    return { a, b, c, d, e, f, g, dp: part.has('dp') ? part.pin('dp') : undefined, common: part.oneOf('common', COMMONS, 'cathode') };
  },
};

/** The pins of the segments from `a` to `g`, and of the point where that is connected. */
export function segmentsOf(part: SevenSegmentPart): readonly number[] {
  return [...SEGMENTS.map((segment) => part[segment]), ...(part.dp === undefined ? [] : [part.dp])];
}
