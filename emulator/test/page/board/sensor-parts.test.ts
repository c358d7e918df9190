import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { namedPinsOf } from '../../../page/src/board/named-pins.js';

const read = (...parts: readonly unknown[]) => parseBoard(JSON.stringify({ parts }));
const refuses = (part: unknown, message: string): void => assert.throws(() => read(part), { message });

const screen = { id: 'screen', type: 'st7735', sck: 'GP18', mosi: 'GP19', cs: 'GP17', dc: 'GP16' };
const inside = { id: 'inside', type: 'ds18b20', dq: 'GP22' };

describe('the board file', () => {
  it('has colour displays, whose bus is on the pins of one controller', () => {
    const { parts } = read({ ...screen, rst: 'GP20' }, { ...screen, id: 'other', type: 'ili9341', cs: 'GP21', dc: 'GP26' });
    assert.deepEqual(parts[0], { type: 'st7735', id: 'screen', label: 'Display', color: '#1c7ed6', sck: 18, mosi: 19, cs: 17, dc: 16, rst: 20 });
    assert.equal('rst' in (parts[1] ?? {}) && (parts[1] as { rst: unknown }).rst, undefined);
    refuses({ ...screen, sck: 'GP19' }, 'part "screen", field "sck": GP19 has no clock of SPI; GP2, 6, 10, 14, 18, 22 and 26 have');
    refuses({ ...screen, mosi: 'GP20' }, 'part "screen", field "mosi": GP20 sends nothing over SPI; GP3, 7, 11, 15, 19 and 27 do');
    refuses({ ...screen, mosi: 'GP11' }, 'part "screen", field "mosi": GP11 is of SPI1, but the clock on GP18 is of SPI0');
    refuses({ ...screen, cs: 'GP18' }, 'part "screen", field "sck": GP18 is taken by its own field "cs"');
  });

  it('has several thermometers on a wire, but only one sensor of the others on a pin', () => {
    const board = read(inside, { ...inside, id: 'outside', label: 'Outside' });
    assert.deepEqual(namedPinsOf(board)[0], { pin: 22, name: 'Outside' });
    const air = { id: 'air', type: 'dht22', data: 'GP22' };
    assert.throws(() => read(inside, air), { message: 'part "air", field "data": GP22 is taken by part "inside"' });
    assert.throws(() => read(air, { ...air, id: 'more' }), { message: 'part "more", field "data": GP22 is taken by part "air"' });
    refuses({ id: 'far', type: 'hc_sr04', trig: 'GP2', echo: 'GP2' }, 'part "far", field "echo": GP2 is taken by its own field "trig"');
  });
});
