import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../../page/src/board/board-file.js';
import { BoardDraft } from '../../../../page/src/board/edit/board-draft.js';
import { addressesOf, inputsOf, valueOf } from '../../../../page/src/board/edit/part-fields.js';
import { type BoardPart, kindOf, PART_TYPES } from '../../../../page/src/board/kinds/index.js';

const partOf = (fields: object): BoardPart => parseBoard(JSON.stringify({ parts: [fields] })).parts[0] as BoardPart;

describe('how the fields of a part are given', () => {
  it('is as its type reads them', () => {
    assert.deepEqual([...inputsOf(partOf({ id: 'a', type: 'neopixel', din: 'GP2', pixels: 3 }))], [
      ['pixels', { kind: 'number', least: 1, most: 64, step: 1 }],
      ['order', { kind: 'choice', choices: ['grb', 'rgb', 'grbw'] }],
    ]);
    assert.deepEqual([...inputsOf(partOf({ id: 'a', type: 'ssd1306', sda: 'GP4', scl: 'GP5' }))], [['address', { kind: 'choice', choices: ['0x3c', '0x3d'] }]]);
    assert.deepEqual([...inputsOf(partOf({ id: 'a', type: 'potentiometer', pin: 'GP26' }))], [['value', { kind: 'number', least: 0, most: 1, step: 0.05 }]]);
    assert.deepEqual([...inputsOf(partOf({ id: 'a', type: 'encoder', clk: 'GP2', dt: 'GP3' }))], [['key', { kind: 'key' }]]);
    assert.deepEqual([...inputsOf(partOf({ id: 'a', type: 'led', pin: 'GP2' }))], []);
  });

  it('is known for every field of every type', () => {
    for (const type of PART_TYPES) {
      const draft = new BoardDraft('{ "parts": [] }');
      const part = draft.part(draft.add(type)) as BoardPart;
      assert.deepEqual([...inputsOf(part).keys()], kindOf(type).fields ?? []);
    }
  });

  it('has values as the file has them, or as they are without', () => {
    const screen = { id: 'a', type: 'ssd1306', sda: 'GP4', scl: 'GP5' };
    assert.equal(valueOf(partOf(screen), screen, 'address'), '0x3c');
    assert.equal(valueOf(partOf({ ...screen, address: 61 }), { ...screen, address: 61 }, 'address'), '0x3d');
    const button = { id: 'a', type: 'pushbutton', pin: 'gp3', key: 'Space' };
    assert.deepEqual(['label', 'pin', 'key'].map((field) => valueOf(partOf(button), button, field)), ['Button', 'gp3', 'Space']);
    assert.deepEqual(addressesOf('bme280'), ['0x76', '0x77']);
    assert.deepEqual(addressesOf('led'), []);
  });
});
