import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { type Box, type Layout, layOut, terminalX } from '../../../page/src/board/layout.js';
import { PICO_BOX } from '../../../page/src/board/pico-svg.js';
import { wirePath } from '../../../page/src/board/wires.js';

const WIDTHS = [300, 344, 480, 800, 1000];

function box(width: number, ...gpios: number[]): Box {
  return { width, height: 90, terminals: [...gpios.map((gpio) => ({ name: `GP${gpio}`, gpio })), { name: 'GND', gpio: undefined }], color: 'red' };
}

/** Among them parts on both sides, of one pin and of three, and some whose pins are on both sides. */
const BOARDS: Readonly<Record<string, readonly Box[]>> = {
  nothing: [],
  'a button': [box(90, 15)],
  'all kinds': [box(90, 15), box(70, 16), box(110, 26), box(160, 10, 11, 12), box(170, 4, 5), box(210, 4, 5)],
  'many leds': Array.from({ length: 16 }, (_, gpio) => box(70, gpio)),
  'a digit and a keypad': [box(226, 10, 11, 12, 13, 14, 15, 16, 17), box(220, 2, 3, 4, 5, 6, 7, 8)],
  'pins on both sides': [box(160, 15, 16, 28), box(160, 0, 22, 21), box(160, 3, 27)],
};

function each(check: (layout: Layout, boxes: readonly Box[]) => void): void {
  for (const boxes of Object.values(BOARDS)) for (const width of WIDTHS) check(layOut(boxes, width), boxes);
}

describe('a layout', () => {
  it('keeps everything within its size, and the Pico as large as it can be', () => {
    each((layout, boxes) => {
      boxes.forEach(({ width, height }, index) => {
        const { x, y } = layout.parts[index] ?? assert.fail();
        assert.ok(x >= 0 && x + width <= layout.width, `x ${x} of ${layout.width}`);
        assert.ok(y >= 0 && y + height <= layout.height);
      });
      for (const { x, y } of layout.wires.flatMap(({ points }) => points)) assert.ok(x >= 0 && x <= layout.width && y >= 0 && y <= layout.height);
      assert.ok(layout.pico.scale > 0.45 && layout.pico.scale <= 1.1);
    });
  });

  it('lets no two parts overlap', () => {
    each((layout, boxes) => {
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
        const [p, q] = [layout.parts[i] ?? assert.fail(), layout.parts[i + 1 + j] ?? assert.fail()];
        const apart = p.x + a.width <= q.x || q.x + b.width <= p.x || p.y + a.height <= q.y || q.y + b.height <= p.y;
        assert.ok(apart, `parts ${i} and ${i + 1 + j} at ${layout.width}`);
      }));
    });
  });

  it('leads a wire from each pin to the terminal, level or upright', () => {
    each((layout, boxes) => {
      const ends = boxes.flatMap((part, index) => part.terminals.flatMap(({ gpio }, terminal) => {
        if (gpio === undefined) return [];
        const { x, y, isBelow } = layout.parts[index] ?? assert.fail();
        return [{ gpio, x: x + terminalX(part, terminal), y: isBelow ? y : y + part.height }];
      }));
      assert.equal(layout.wires.length, ends.length);
      for (const { gpio, points } of layout.wires) {
        const last = points.at(-1) ?? assert.fail();
        assert.ok(ends.some((end) => end.gpio === gpio && Math.abs(end.x - last.x) < 1 && Math.abs(end.y - last.y) < 1), `GP${gpio}`);
        points.slice(1).forEach((point, index) => {
          const before = points[index] ?? assert.fail();
          assert.ok(Math.abs(point.x - before.x) < 0.5 || Math.abs(point.y - before.y) < 0.5);
        });
      }
    });
  });

  it('leads wires past the Pico, not over it', () => {
    each(({ pico, wires }) => {
      const [left, right] = [PICO_BOX.left, PICO_BOX.right].map((x) => pico.x + x * pico.scale) as [number, number];
      const [top, bottom] = [PICO_BOX.top, PICO_BOX.bottom].map((y) => pico.y + y * pico.scale) as [number, number];
      for (const { gpio, points } of wires) {
        points.slice(1).forEach((to, index) => {
          const from = points[index] ?? assert.fail();
          const isBeside = Math.max(from.x, to.x) <= left || Math.min(from.x, to.x) >= right;
          assert.ok(isBeside || Math.max(from.y, to.y) <= top + 0.1 || Math.min(from.y, to.y) >= bottom - 0.1, `GP${gpio}`);
        });
      }
    });
  });

  it('lets no two wires run on top of each other along the Pico', () => {
    each((layout) => {
      const runs = layout.wires.flatMap(({ points }, wire) => points.slice(1).map((to, index) => ({ wire, from: points[index] ?? assert.fail(), to })).filter(({ from, to }) => Math.abs(from.x - to.x) > 0.5));
      runs.forEach((a, index) => runs.slice(index + 1).forEach((b) => {
        if (a.wire === b.wire || Math.abs(a.from.y - b.from.y) > 3) return;
        assert.ok(Math.max(a.from.x, a.to.x) < Math.min(b.from.x, b.to.x) || Math.max(b.from.x, b.to.x) < Math.min(a.from.x, a.to.x), `wires ${a.wire} and ${b.wire}`);
      }));
    });
  });

  it('has the wire of a lonely button go straight', () => {
    assert.equal(layOut([box(90, 10)], 800).wires[0]?.points.filter(({ x }, index, { 0: first }) => index > 0 && Math.abs(x - (first?.x ?? 0)) > 0.5).length, 0);
  });

  it('puts parts on the side of their pins', () => {
    const { parts } = layOut([box(90, 15), box(90, 16), box(160, 15, 16, 28)], 1000);
    assert.deepEqual(parts.map(({ isBelow }) => isBelow), [true, false, false]);
  });
});

describe('the path of a wire', () => {
  it('has round corners', () => {
    assert.equal(wirePath([{ x: 0, y: 0 }, { x: 0, y: 20 }, { x: 40, y: 20 }]), 'M0 0L0 13Q0 20 7 20L40 20');
  });

  it('has all terminals of a part at its edge, as far apart as there is room', () => {
    const places = (part: Box): number[] => part.terminals.map((_, index) => terminalX(part, index));
    assert.deepEqual(places(box(90, 15)), [29.5, 60.5]);
    assert.deepEqual(places(box(160, 1, 2, 3, 4, 5, 6, 7)), [10, 30, 50, 70, 90, 110, 130, 150]);
  });

  it('gives a wire the colour of its terminal, where that has one', () => {
    const light: Box = { width: 130, height: 90, color: 'gray', terminals: [{ name: 'R', gpio: 16, color: 'red' }, { name: 'G', gpio: 17 }, { name: 'GND', gpio: undefined }] };
    assert.deepEqual(layOut([light], 800).wires.map(({ gpio, color }) => [gpio, color]), [[16, 'red'], [17, 'gray']]);
  });
});
