import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { Curves, MOST_CURVES, MOST_POINTS } from '../../../page/src/plot/curves.js';

function curvesOf(...lines: readonly (readonly [text: string, nanos: number, uart?: number])[]): Curves {
  const curves = new Curves();
  for (const [text, nanos, uart = 0] of lines) curves.add({ text, nanos, uart });
  return curves;
}

describe('the curves', () => {
  it('have the values of each name, at the moments of all', () => {
    const curves = curvesOf(['t=1 u=2', 10], ['hello', 15], ['t=3', 20], ['u=4', 30]);
    assert.deepEqual(curves.all.map(({ name, newest }) => [name, newest]), [['t', 3], ['u', 4]]);
    assert.deepEqual(curves.table(), { nanos: Float64Array.of(10, 20, 30), values: [[1, 3, undefined], [2, undefined, 4]] });
    assert.equal(curves.omitted, '');
  });

  it('say whether a line has changed them', () => {
    const curves = new Curves();
    assert.equal(curves.add({ text: 'x=1', nanos: 1, uart: 0 }), true);
    assert.equal(curves.add({ text: 'pressed', nanos: 2, uart: 0 }), false);
  });

  it('keep lines that came at the same time apart', () => {
    assert.deepEqual(curvesOf(['1', 10], ['2', 10], ['3', 11]).table(), { nanos: Float64Array.of(10, 11, 12), values: [[1, 2, 3]] });
  });

  it('are of what came over one UART, as a program may print over another too', () => {
    assert.deepEqual(curvesOf(['x=1', 10, -1], ['x=1', 12, 0], ['y=5', 13, 0], ['x=2', 20, -1], ['x=2', 22, 0]).table().values, [[1, undefined, 2], [undefined, 5, undefined]]);
  });

  it('have the newest values only, each for itself', () => {
    const curves = curvesOf(['slow=7', 0]);
    for (let index = 1; index <= MOST_POINTS; index++) curves.add({ text: `fast=${index}`, nanos: index * 10, uart: 0 });
    assert.equal(curves.omitted, '');
    for (let index = 1; index <= 5; index++) curves.add({ text: `fast=${-index}`, nanos: 1e6 + index, uart: 0 });
    assert.equal(curves.omitted, 'The newest 2,000 values of each are drawn.');
    const { nanos, values } = curves.table();
    assert.deepEqual([nanos.length, nanos[0], nanos[1], values[0]?.[0], values[1]?.[1], values[1]?.at(-1)], [MOST_POINTS + 1, 0, 60, 7, 6, -5]);
  });

  it('are a dozen at most: which are left out is told', () => {
    const curves = new Curves();
    const add = (from: number, to: number): void => {
      for (let index = from; index < to; index++) curves.add({ text: `n${index}=${index}`, nanos: index, uart: 0 });
    };
    add(0, MOST_CURVES);
    assert.deepEqual([curves.all.length, curves.omitted], [12, '']);
    add(MOST_CURVES, MOST_CURVES + 1);
    assert.deepEqual([curves.all.length, curves.omitted], [12, 'Only 12 curves are drawn: n12 is left out.']);
    add(MOST_CURVES, MOST_CURVES + 3);
    assert.equal(curves.omitted, 'Only 12 curves are drawn: n12 and 2 more are left out.');
    add(0, 1000);
    assert.deepEqual([curves.all.length, curves.omitted], [12, 'Only 12 curves are drawn: n12 and at least 49 more are left out.']);
    curves.clear();
    assert.deepEqual([curves.all, curves.omitted, curves.table()], [[], '', { nanos: new Float64Array(), values: [] }]);
  });
});
