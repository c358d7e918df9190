import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { BoardError, parseBoard } from '../../../../page/src/board/board-file.js';
import { BoardDraft } from '../../../../page/src/board/edit/board-draft.js';
import { connectionsOf } from '../../../../page/src/board/edit/pin-search.js';
import { kindOf, PART_TYPES, wiresOf } from '../../../../page/src/board/kinds/index.js';

const EMPTY = '{ "parts": [] }';
const led = { id: 'lamp', type: 'led', pin: 'GP16' };
const button = { id: 'go', type: 'pushbutton', pin: 'GP15', key: 'Space' };
const knob = { id: 'knob', type: 'encoder', clk: 'GP10', dt: 'GP11' };
const screen = { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5' };
const air = { id: 'air', type: 'bme280', sda: 'GP4', scl: 'GP5' };

const draftOf = (...parts: readonly object[]): BoardDraft => new BoardDraft(JSON.stringify({ parts }));

/** Where the terminals of each part are wired to. */
const pinsOf = ({ board }: BoardDraft): string[] => board.parts.map((part) => `${part.id} ${wiresOf(part).map(({ pin }) => pin).join(' ')}`);

const partsOf = ({ text }: BoardDraft): unknown => (JSON.parse(text) as { parts: unknown }).parts;

/** A change is refused with these words, and nothing is different then. */
function refuses(draft: BoardDraft, change: () => unknown, message: string | RegExp): void {
  const before = [draft.text, draft.canUndo, draft.canRedo];
  assert.throws(change, (error) => {
    assert.ok(error instanceof BoardError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
  assert.deepEqual([draft.text, draft.canUndo, draft.canRedo], before);
}

describe('a change that the board file does not allow', () => {
  it('is refused with the reason, and not made', () => {
    const draft = draftOf(led, button, knob, screen, air);
    refuses(draft, () => draft.set('lamp', 'label', 'a'.repeat(25)), 'has 25 characters; at most 24 have room');
    refuses(draft, () => draft.set('lamp', 'color', 'puce'), /^"puce" is not a colour; /);
    refuses(draft, () => draft.set('lamp', 'pin', undefined), 'is missing');
    refuses(draft, () => draft.set('knob', 'key', 'k'), 'presses the knob, which needs the pin "sw"');
    refuses(draft, () => draft.set('lamp', 'mode', 'x'), /^has an unknown field "mode"/);
    refuses(draft, () => draft.set('screen', 'address', '0x50'), /^"0x50" is not one of /);
    refuses(draft, () => draft.connect('lamp', 'pin', 15), 'GP15 is taken by part "go"');
    refuses(draft, () => draft.connect('lamp', 'pin', 4), /^GP4 is taken by part "(screen|air)"$/);
    refuses(draft, () => draft.connect('screen', 'sda', 3), 'GP3 is SCL of I2C1; SDA is on the pins with an even number');
    refuses(draft, () => draft.connect('lamp', 'pin', 25), /^GP25 is the LED on the Pico/);
    refuses(draft, () => draft.connect('nobody', 'pin', 3), 'there is no part "nobody"');
    refuses(draft, () => draft.replace('{ "parts": 3 }'), '"parts" is not a list');
  });

  it('names the other part, whichever of the two comes first', () => {
    const draft = draftOf(led, { ...button, key: 'b' }, { ...button, id: 'other', pin: 'GP3', key: 'c' });
    refuses(draft, () => draft.set('go', 'key', 'c'), 'the same key is taken by part "other"');
    refuses(draft, () => draft.set('other', 'key', 'B'), 'the same key is taken by part "go"');
    refuses(draft, () => draft.connect('lamp', 'pin', 3), 'GP3 is taken by part "other"');
  });

  it('is one too many', () => {
    const draft = new BoardDraft(EMPTY);
    for (let count = 0; count < 24; count++) draft.add('led');
    refuses(draft, () => draft.add('led'), 'there are 25 parts; at most 24 have room');
  });

  it('is one for which no pin is left', () => {
    const draft = new BoardDraft(EMPTY);
    for (let count = 0; count < 3; count++) draft.add('potentiometer');
    refuses(draft, () => draft.add('potentiometer'), 'there are no free pins for another Potentiometer: remove or rewire a part first');
  });
});

describe('every kind of part', () => {
  for (const type of PART_TYPES) {
    it(`${type} is added to an empty board, and the file is read as the same`, () => {
      const draft = new BoardDraft(EMPTY);
      const id = draft.add(type);
      assert.match(id, /^[A-Za-z][A-Za-z0-9_-]*$/);
      assert.deepEqual(parseBoard(draft.text), draft.board);
      const [part] = draft.board.parts;
      assert.deepEqual([part?.id, part?.type, part?.label], [id, type, kindOf(type).label]);
      assert.equal(part && wiresOf(part).length, connectionsOf(type).length);
      assert.equal(new BoardDraft(draft.text).text, draft.text);
    });

    it(`${type} is added beside another of its type, and removed`, () => {
      const draft = new BoardDraft(EMPTY);
      const ids = [draft.add(type), draft.add(type)];
      assert.deepEqual(draft.board.parts.map(({ id }) => id), ids);
      assert.equal(new Set(ids).size, 2);
      draft.remove(ids[0] as string);
      assert.deepEqual(draft.board.parts.map(({ id }) => id), [ids[1]]);
      // The name that is free is given again, and the other stays.
      assert.equal(draft.add(type), ids[0]);
    });
  }
});

describe('a part that is added', () => {
  it('gets the first free pins that fit, those of the console last', () => {
    const draft = draftOf({ ...led, pin: 'GP2' }, { ...button, pin: 'GP4' });
    for (const type of ['led', 'encoder', 'potentiometer'] as const) draft.add(type);
    assert.deepEqual(pinsOf(draft), ['lamp 2', 'go 4', 'led 3', 'encoder 5 6 7', 'potentiometer 26']);
    const full = draftOf(knob);
    for (let count = 0; count < 23; count++) full.add('led');
    assert.deepEqual(pinsOf(full).map((text) => Number(text.split(' ')[1])).slice(-3), [27, 28, 0]);
  });

  it('shares a bus that is there, with an address of its own', () => {
    const draft = draftOf({ ...screen, sda: 'GP8', scl: 'GP9' });
    for (const type of ['bme280', 'ssd1306'] as const) draft.add(type);
    assert.deepEqual(pinsOf(draft), ['screen 8 9', 'bme280 8 9', 'ssd1306 8 9']);
    assert.equal(draft.fields('ssd1306')['address'], '0x3d');
    assert.equal(draft.fields('bme280')['address'], undefined);
    // No address is left on that bus.
    draft.add('ssd1306');
    assert.equal(pinsOf(draft)[3], 'ssd13062 2 3');
    draft.add('ssd1306');
    assert.equal(pinsOf(draft)[4], 'ssd13063 2 3');
    refuses(draft, () => draft.add('ssd1306'), /^there are no free pins for another OLED display/);
  });
});

describe('a field', () => {
  it('is written as it is given, and not at all when it is left to its default', () => {
    const draft = draftOf(led, button);
    draft.set('lamp', 'label', 'Lamp');
    draft.set('lamp', 'color', 'blue');
    draft.set('go', 'key', undefined);
    assert.deepEqual(partsOf(draft), [{ ...led, label: 'Lamp', color: 'blue' }, { id: 'go', type: 'pushbutton', pin: 'GP15' }]);
    draft.set('lamp', 'label', undefined);
    assert.deepEqual(partsOf(draft), [{ ...led, color: 'blue' }, { id: 'go', type: 'pushbutton', pin: 'GP15' }]);
  });

  it('is in a file with a line for each part', () => {
    const draft = draftOf(led);
    draft.set('lamp', 'label', 'a {"b",\u2028  c}');
    draft.add('neopixel');
    assert.equal(draft.text, [
      '{',
      '  "parts": [',
      '    { "id": "lamp", "type": "led", "pin": "GP16", "label": "a {\\"b\\",\u2028  c}" },',
      '    { "id": "neopixel", "type": "neopixel", "pixels": 8, "din": "GP2" }',
      '  ]',
      '}',
      '',
    ].join('\n'));
    draft.remove('lamp');
    draft.remove('neopixel');
    assert.equal(draft.text, '{ "parts": [] }\n');
  });
});

describe('a wire', () => {
  it('is led to another pin', () => {
    const draft = draftOf(led, button);
    draft.connect('lamp', 'pin', 3);
    assert.deepEqual(partsOf(draft), [{ ...led, pin: 'GP3' }, button]);
    assert.equal(draft.movedWith('lamp', 'pin', 5), '');
  });

  it('takes the other of its bus along, and only if it has to', () => {
    const draft = draftOf(screen, air);
    assert.equal(draft.movedWith('screen', 'sda', 8), '');
    draft.connect('screen', 'sda', 8);
    assert.deepEqual(pinsOf(draft), ['screen 8 5', 'air 4 5']);
    assert.equal(draft.movedWith('screen', 'sda', 6), 'SCL to GP7');
    draft.connect('screen', 'sda', 6);
    assert.deepEqual(pinsOf(draft), ['screen 6 7', 'air 4 5']);
    draft.connect('screen', 'scl', 1);
    assert.deepEqual(pinsOf(draft), ['screen 0 1', 'air 4 5']);
  });

  it('takes the other along to a bus where others are, and leaves the file in its order', () => {
    const draft = draftOf({ ...screen, sda: 'GP2', scl: 'GP3', address: '0x3d' }, air);
    assert.equal(draft.movedWith('screen', 'sda', 4), 'SCL to GP5');
    draft.connect('screen', 'sda', 4);
    assert.match(draft.text, /"sda": "GP4", "scl": "GP5", "address": "0x3d" \}/);
    assert.equal(draft.choices('screen', 'sda').find(({ gpio }) => gpio === 6)?.reason, '');
  });

  it('changes places with another of its part', () => {
    const draft = draftOf({ ...knob, sw: 'GP12' });
    assert.equal(draft.movedWith('knob', 'clk', 11), 'DT to GP10');
    draft.connect('knob', 'clk', 11);
    assert.deepEqual(pinsOf(draft), ['knob 11 10 12']);
  });

  it('may be left open where it is optional', () => {
    const draft = draftOf(knob);
    draft.connect('knob', 'sw', 12);
    assert.deepEqual(pinsOf(draft), ['knob 10 11 12']);
    draft.set('knob', 'sw', undefined);
    assert.deepEqual(pinsOf(draft), ['knob 10 11']);
  });

  it('has pins to choose from, and reasons for the others', () => {
    const draft = draftOf(led, { id: 'level', type: 'potentiometer', pin: 'GP26' });
    const choices = draft.choices('level', 'pin');
    assert.deepEqual(choices.filter(({ part }) => part !== undefined).map(({ gpio, reason }) => [gpio, reason]), [[26, ''], [27, ''], [28, '']]);
    assert.equal(choices.find(({ gpio }) => gpio === 15)?.reason, 'GP15 has no analog input; GP26, GP27 and GP28 have');
    assert.equal(choices.length, 26);
    const free = draft.choices('lamp', 'pin').filter(({ part }) => part === undefined);
    assert.deepEqual(free.map(({ gpio, reason }) => [gpio, reason]), [[26, 'GP26 is taken by part "level"']]);
  });
});

describe('undo', () => {
  it('takes changes back one by one, and redo makes them again', () => {
    const draft = draftOf(led);
    const texts = [draft.text];
    for (const change of [() => draft.add('pushbutton'), () => draft.set('lamp', 'label', 'Lamp'), () => draft.connect('lamp', 'pin', 5), () => draft.remove('lamp')]) {
      change();
      texts.push(draft.text);
    }
    for (const text of [...texts].reverse().slice(1)) {
      assert.ok(draft.canUndo);
      draft.undo();
      assert.equal(draft.text, text);
      assert.deepEqual(parseBoard(text), draft.board);
    }
    assert.ok(!draft.canUndo);
    draft.undo();
    assert.equal(draft.text, texts[0]);
    for (const text of texts.slice(1)) {
      assert.ok(draft.canRedo);
      draft.redo();
      assert.equal(draft.text, text);
    }
    assert.ok(!draft.canRedo);
    draft.redo();
    assert.equal(draft.text, texts.at(-1));
  });

  it('forgets what was taken back once something else is changed', () => {
    const draft = draftOf(led);
    draft.set('lamp', 'label', 'One');
    draft.undo();
    draft.set('lamp', 'label', 'Two');
    assert.ok(!draft.canRedo);
    draft.undo();
    assert.deepEqual(partsOf(draft), [led]);
  });

  it('has no step for what is no change', () => {
    const draft = draftOf(led);
    draft.connect('lamp', 'pin', 16);
    draft.set('lamp', 'label', undefined);
    draft.remove('nobody');
    assert.ok(!draft.canUndo);
  });

  it('takes back together what is one step, until that ends', () => {
    const draft = draftOf(led);
    const go = (...pins: readonly number[]): void => {
      for (const pin of pins) draft.together('lamp pin', () => draft.connect('lamp', 'pin', pin));
    };
    const undone = (): unknown => (draft.undo(), draft.fields('lamp')['pin']);
    go(17, 18, 19);
    draft.endStep();
    go(20, 21);
    draft.connect('lamp', 'pin', 2);
    draft.together('lamp label', () => draft.set('lamp', 'label', 'Lamp'));
    go(3, 4);
    refuses(draft, () => go(25), /^GP25/);
    go(5);
    assert.deepEqual([undone(), undone(), undone(), undone(), undone()], ['GP2', 'GP2', 'GP21', 'GP19', 'GP16']);
    // What was taken back is not one with what comes then.
    draft.redo();
    go(6);
    assert.equal(undone(), 'GP19');
    go(7);
    draft.undo();
    go(8);
    assert.equal(undone(), 'GP19');
  });

  it('brings back a board that another took the place of', () => {
    const draft = draftOf(led);
    const before = draft.text;
    draft.replace(JSON.stringify({ parts: [button] }));
    assert.deepEqual(pinsOf(draft), ['go 15']);
    draft.undo();
    assert.equal(draft.text, before);
  });

  it('remembers a hundred steps', () => {
    const draft = draftOf(led);
    for (let step = 1; step <= 150; step++) draft.set('lamp', 'label', `Lamp ${step}`);
    let steps = 0;
    for (; draft.canUndo; steps++) draft.undo();
    assert.equal(steps, 100);
    assert.equal(draft.fields('lamp')['label'], 'Lamp 50');
  });
});
