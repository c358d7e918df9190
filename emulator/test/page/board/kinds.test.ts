import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { PartReader } from '../../../page/src/board/board-reader.js';
import { fieldsOf, kindOf, PART_TYPES, type PartType, simulatedOf, wiresOf } from '../../../page/src/board/kinds/index.js';
import type { Connection } from '../../../page/src/board/kinds/kind.js';
import { fits, pinsFor } from '../../../page/src/board/kinds/pin-use.js';

const connectionsOf = (type: PartType): Connection[] => kindOf(type).terminals.flatMap((terminal) => (terminal.field === undefined ? [] : [terminal]));

/** A part as the board file has it, all its connections at the first pins that fit, from some pin on. */
function newPart(type: PartType, { leave = '', from = 0, ...given }: { leave?: string; from?: number; field?: string; pin?: number } = {}): Record<string, unknown> {
  const taken = new Set<number | undefined>([given.pin]);
  const pins = connectionsOf(type).flatMap(({ field, pins }) => {
    if (field === leave) return [];
    if (field === given.field) return [[field, `GP${given.pin}`]];
    const free = pinsFor(pins).filter((gpio) => !taken.has(gpio));
    const pin = free.find((gpio) => gpio >= from) ?? free[0];
    taken.add(pin);
    return [[field, `GP${pin}`]];
  });
  return { id: 'part', type, ...Object.fromEntries(pins), ...kindOf(type).initial };
}

function isRight(part: unknown): boolean {
  try {
    parseBoard(JSON.stringify({ parts: [part] }));
    return true;
  } catch {
    return false;
  }
}

describe('every kind of part', () => {
  for (const type of PART_TYPES) {
    it(`${type} is read from what an editor begins with`, () => {
      const { parts } = parseBoard(JSON.stringify({ parts: [newPart(type)] }));
      const { title, label } = kindOf(type);
      assert.deepEqual(parts.map((part) => [part.type, part.label]), [[type, label]]);
      assert.match(title, /^[A-Z0-9].{2,30}$/);
    });

    it(`${type} needs each connection that is not optional`, () => {
      for (const { field, isOptional } of connectionsOf(type)) {
        const text = JSON.stringify({ parts: [newPart(type, { leave: field })] });
        if (isOptional) parseBoard(text);
        else assert.throws(() => parseBoard(text), { message: `part "part", field "${field}": is missing` });
      }
    });

    it(`${type} may be at the pins that fit its connections, and at no others`, () => {
      for (const { field, pins } of connectionsOf(type)) {
        const possible = pinsFor().filter((pin) => pinsFor().some((from) => isRight(newPart(type, { field, pin, from }))));
        assert.deepEqual(possible, pinsFor(pins), field);
      }
    });

    it(`${type} is read from the fields that it names, and no others`, () => {
      const asked = new Set<string>();
      const fields = new Proxy(newPart(type), {
        get: (target, field) => (asked.add(String(field)), Reflect.get(target, field)),
        getOwnPropertyDescriptor: (target, field) => (asked.add(String(field)), Reflect.getOwnPropertyDescriptor(target, field)),
      });
      kindOf(type).read(new PartReader(fields, 0));
      assert.deepEqual(['id', 'type', 'label', 'color', ...asked].sort(), [...fieldsOf(type)].sort());
    });
  }
});

describe('the description of the board file', () => {
  const sections = readFileSync(new URL('../../../../docs/board_file.md', import.meta.url), 'utf8').split('\n## ');

  it('has each type, with an example that is right', () => {
    for (const type of PART_TYPES) {
      const section = sections.find((text) => text.startsWith(`\`${type}\`\n`));
      const [, example = ''] = /^```json\n(.*?)^```/ms.exec(section ?? '') ?? [];
      assert.equal(parseBoard(`{"parts": [${example}]}`).parts[0]?.type, type);
    }
  });
});

describe('the wires of a part', () => {
  it('are those of its terminals that are connected', () => {
    const parts = [
      { id: 'knob', type: 'encoder', clk: 'GP10', dt: 'GP11' },
      { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5' },
    ];
    const board = parseBoard(JSON.stringify({ parts }));
    const wires = board.parts.map((part) => wiresOf(part).map(({ connection, pin }) => [connection.field, connection.name, pin]));
    assert.deepEqual(wires, [[['clk', 'CLK', 10], ['dt', 'DT', 11]], [['sda', 'SDA', 4], ['scl', 'SCL', 5]]]);
    assert.deepEqual(simulatedOf(board.parts).map(({ id }) => id), ['screen']);
  });
});

describe('the pins for a terminal', () => {
  it('are all, or those that can do what it needs', () => {
    assert.deepEqual(pinsFor('analog'), [26, 27, 28]);
    assert.equal(pinsFor().length, 26);
    assert.deepEqual(pinsFor('sda').filter((gpio) => gpio < 8), [0, 2, 4, 6]);
    assert.deepEqual(pinsFor('scl').filter((gpio) => gpio < 8), [1, 3, 5, 7]);
    assert.deepEqual(pinsFor('sck'), [2, 6, 10, 14, 18, 22, 26]);
    assert.deepEqual(pinsFor('mosi'), [3, 7, 11, 15, 19, 27]);
    assert.deepEqual([fits(25, 'analog'), fits(26, 'analog'), fits(26, 'scl')], [false, true, false]);
  });
});
