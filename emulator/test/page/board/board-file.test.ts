import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { BoardError, DEFAULT_BOARD, DEFAULT_BOARD_TEXT, parseBoard } from '../../../page/src/board/board-file.js';
import { keysOf } from '../../../page/src/board/kinds/index.js';

const refuses = (text: string, message: string | RegExp): void => {
  assert.throws(() => parseBoard(text), (error) => {
    assert.ok(error instanceof BoardError, String(error));
    if (typeof message === 'string') assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  });
};

const refusesParts = (parts: readonly unknown[], message: string | RegExp): void => refuses(JSON.stringify({ parts }), message);

const led = { id: 'lamp', type: 'led', pin: 'GP16' };
const button = { id: 'go', type: 'pushbutton', pin: 'GP15' };
const strip = { id: 'strip', type: 'neopixel', din: 'GP17', pixels: 8 };
const screen = { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5' };
const air = { id: 'air', type: 'bme280', sda: 'GP4', scl: 'GP5' };

describe('a board file', () => {
  it('is right for each example that has one', () => {
    const folder = new URL('../../../page/examples/', import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith('.board.json'));
    assert.ok(files.length > 0);
    for (const file of files) parseBoard(readFileSync(new URL(file, folder), 'utf8'));
  });

  it('may have a part of each type', () => {
    const file = {
      parts: [
        { ...led, label: 'Lamp', color: 'green' },
        { ...button, key: 'Space' },
        { id: 'level', type: 'potentiometer', pin: 'GP26', value: 0.25 },
        { id: 'knob', type: 'encoder', clk: 'GP10', dt: 'GP11', sw: 'GP12', key: 'E' },
        { ...screen, address: '0x3d' },
        { ...air, color: '#AABBCC' },
        { ...strip, order: 'rgb' },
      ],
    };
    assert.deepEqual(parseBoard(JSON.stringify(file)), {
      parts: [
        { type: 'led', id: 'lamp', label: 'Lamp', color: '#2f9e44', pin: 16 },
        { type: 'pushbutton', id: 'go', label: 'Button', color: '#e03131', pin: 15, key: ' ' },
        { type: 'potentiometer', id: 'level', label: 'Potentiometer', color: '#f08c00', pin: 26, value: 0.25 },
        { type: 'encoder', id: 'knob', label: 'Encoder', color: '#9c36b5', clk: 10, dt: 11, sw: 12, key: 'e' },
        { type: 'ssd1306', id: 'screen', label: 'Display', color: '#1c7ed6', sda: 4, scl: 5, address: 0x3d },
        { type: 'bme280', id: 'air', label: 'Weather', color: '#aabbcc', sda: 4, scl: 5, address: 0x76 },
        { type: 'neopixel', id: 'strip', label: 'NeoPixel', color: '#2f9e44', din: 17, pixels: 8, order: 'rgb' },
      ],
    });
  });

  it('is what the default board would be written as', () => {
    assert.deepEqual(parseBoard('\uFEFF{"parts": [{"id": "button", "type": "pushbutton", "pin": "gp15", "key": " "}]}'), DEFAULT_BOARD);
    assert.deepEqual(parseBoard(DEFAULT_BOARD_TEXT), DEFAULT_BOARD);
  });

  it('may leave the Pico alone', () => {
    assert.deepEqual(parseBoard('{"parts": []}'), { parts: [] });
  });

  it('is JSON, and an error in it has its line', () => {
    refuses('', /^not JSON/);
    refuses('\u007fELF', /^not JSON/);
    refuses('{\n"parts": [\n  {"id": "a",}\n]}', /^not JSON, line 3: /);
  });

  it('may be nested as deep as it wants, and is refused in a line', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    for (const text of [deep, '['.repeat(100_000), `{"parts": [{"id": ${deep}}]}`, `{"parts": [{"id": "a", "type": ${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}]}`]) {
      refuses(text, /^[^\n]{1,200}$/);
    }
  });

  it('does nothing to a terminal when it is refused', () => {
    refuses('{"parts": \x1b[2J}', /^not JSON[^\x1b]*$/);
    refusesParts([{ ...led, id: '\u202e\x9b' }], /^part 1, field "id": "\\u202e\\u009b" is not a name; /);
  });

  it('is an object with parts and nothing else', () => {
    for (const text of ['null', '[]', '7', '"parts"']) refuses(text, 'a board is an object with the field "parts"');
    refuses('{}', 'the field "parts" is missing');
    refuses('{"parts": {}}', '"parts" is not a list');
    refuses('{"parts": [], "part": []}', 'a board has no field "part"; all it has is "parts"');
    refusesParts([led, 'x'], 'part 2 is not an object');
    refusesParts([null], 'part 1 is not an object');
    refusesParts(Array.from({ length: 25 }, () => led), 'there are 25 parts; at most 24 have room');
  });
});

describe('a part', () => {
  it('has a name that no other has', () => {
    refusesParts([led, { type: 'led', pin: 'GP17' }], 'part 2, field "id": is missing');
    refusesParts([{ ...led, id: 5 }], 'part 1, field "id": 5 is not a text');
    refusesParts([{ ...led, id: 'a b' }], /^part 1, field "id": "a b" is not a name; /);
    refusesParts([{ ...led, id: 'x'.repeat(1000) }], /^part 1, field "id": "x{35}\.\.\." is not a name; /);
    refusesParts([led, { ...led, pin: 'GP17' }], 'part "lamp", field "id": another part has this name');
  });

  it('has a type', () => {
    refusesParts([{ id: 'a', pin: 'GP1' }], 'part "a", field "type": is missing');
    refusesParts([{ id: 'a', type: 'laser' }], 'part "a", field "type": "laser" is not one of led, pushbutton, potentiometer, encoder, ssd1306, bme280, neopixel, rgb_led, slide_switch, keypad, servo, buzzer, seven_segment, pir, relay, ds18b20, dht22, hc_sr04, st7735, ili9341, ir_remote');
    refusesParts([{ id: 'a', type: 'toString' }], /"toString" is not one of led/);
  });

  it('has no field that it does not know', () => {
    refusesParts([{ ...led, colour: 'red' }], 'part "lamp" has an unknown field "colour"; a part of type "led" has id, type, label, color, pin');
    refusesParts([{ ...led, key: 'a' }], /^part "lamp" has an unknown field "key"/);
  });

  it('has a short label, and a colour', () => {
    refusesParts([{ ...led, label: ' ' }], 'part "lamp", field "label": is empty');
    refusesParts([{ ...led, label: 'x'.repeat(25) }], 'part "lamp", field "label": has 25 characters; at most 24 have room');
    refusesParts([{ ...led, label: ['x'] }], 'part "lamp", field "label": a list is not a text');
    for (const color of ['', 'reddish', '#12345', 'rgb(1,2,3)', 'url(#x)', 'constructor']) refusesParts([{ ...led, color }], /^part "lamp", field "color": ".*" is not a colour; /);
  });

  it('is at a pin that is at the edge', () => {
    refusesParts([{ id: 'a', type: 'led' }], 'part "a", field "pin": is missing');
    refusesParts([{ ...led, pin: 16 }], 'part "lamp", field "pin": 16 is not a text');
    for (const pin of ['GP23', 'GP24', 'GP29', 'GP30', 'GP-1', 'GP1.0', 'GP', '15', 'GP015', ' GP1', 'VBUS']) {
      refusesParts([{ ...led, pin }], `part "lamp", field "pin": "${pin}" is not a pin; the pins at the edge are GP0 to GP22 and GP26 to GP28`);
    }
    refusesParts([{ ...led, pin: 'GP25' }], /^part "lamp", field "pin": GP25 is the LED on the Pico, and has no pin at the edge; /);
  });

  it('shares no pin with another', () => {
    refusesParts([led, { ...button, pin: 'GP16' }], 'part "go", field "pin": GP16 is taken by part "lamp"');
    refusesParts([{ id: 'knob', type: 'encoder', clk: 'GP1', dt: 'GP1' }], 'part "knob", field "dt": GP1 is taken by its own field "clk"');
    refusesParts([screen, { ...led, pin: 'GP5' }], 'part "lamp", field "pin": GP5 is taken by part "screen"');
  });
});

describe('a part of a type', () => {
  it('potentiometer is at an analog input, and stands somewhere between its ends', () => {
    const pot = { id: 'level', type: 'potentiometer', pin: 'GP26' };
    refusesParts([{ ...pot, pin: 'GP22' }], 'part "level", field "pin": GP22 has no analog input; GP26, GP27 and GP28 have');
    for (const value of [-0.1, 1.1, '0.5', null]) refusesParts([{ ...pot, value }], /^part "level", field "value": .* is not a number from 0 to 1$/);
  });

  it('pushbutton or encoder may have a key of its own', () => {
    for (const key of ['', 'ab', 'F1', 'Escape', 'ä', '\n']) refusesParts([{ ...button, key }], /^part "go", field "key": .* is not a key; /);
    refusesParts([{ ...button, key: 'a' }, { ...button, id: 'stop', pin: 'GP14', key: 'A' }], 'part "stop", field "key": the same key is taken by part "go"');
    refusesParts([{ ...button, key: ' ' }, { ...button, id: 'stop', pin: 'GP14', key: 'Space' }], /the same key is taken by part "go"$/);
    refusesParts([{ id: 'knob', type: 'encoder', clk: 'GP1', dt: 'GP2', key: 'k' }], 'part "knob", field "key": presses the knob, which needs the pin "sw"');
  });

  it('neopixel is a number of pixels, with lamps in an order that there is', () => {
    for (const pixels of [0, 65, 1.5, '8', null]) refusesParts([{ ...strip, pixels }], /^part "strip", field "pixels": .* is not a whole number from 1 to 64$/);
    refusesParts([{ id: 'strip', type: 'neopixel', din: 'GP17' }], 'part "strip", field "pixels": is missing');
    refusesParts([{ ...strip, order: 'bgr' }], 'part "strip", field "order": "bgr" is not one of grb, rgb, grbw');
    refusesParts([strip, { ...led, pin: 'GP17' }], 'part "lamp", field "pin": GP17 is taken by part "strip"');
    const [part] = parseBoard(JSON.stringify({ parts: [strip] })).parts;
    assert.ok(part?.type === 'neopixel' && part.order === 'grb');
  });

  it('rgb_led or seven_segment has a pin for each lamp, and one side in common', () => {
    const light = { id: 'light', type: 'rgb_led', red: 'GP16', green: 'GP17', blue: 'GP18' };
    const digit = { id: 'digit', type: 'seven_segment', a: 'GP0', b: 'GP1', c: 'GP2', d: 'GP3', e: 'GP4', f: 'GP5', g: 'GP6' };
    refusesParts([{ ...light, blue: 'GP17' }], 'part "light", field "blue": GP17 is taken by its own field "green"');
    refusesParts([{ ...digit, dp: 'GP6' }], 'part "digit", field "dp": GP6 is taken by its own field "g"');
    for (const part of [light, digit]) {
      refusesParts([{ ...part, common: 'ground' }], `part "${part.id}", field "common": "ground" is not one of cathode, anode`);
      refusesParts([{ ...part, common: 1 }], `part "${part.id}", field "common": 1 is not a text`);
    }
    const { parts } = parseBoard(JSON.stringify({ parts: [light, { ...digit, common: 'anode' }] }));
    assert.deepEqual(parts, [
      { type: 'rgb_led', id: 'light', label: 'RGB LED', color: '#868e96', red: 16, green: 17, blue: 18, common: 'cathode' },
      { type: 'seven_segment', id: 'digit', label: 'Digit', color: '#e03131', a: 0, b: 1, c: 2, d: 3, e: 4, f: 5, g: 6, dp: undefined, common: 'anode' },
    ]);
  });

  it('slide_switch stands at a level', () => {
    const mode = { id: 'mode', type: 'slide_switch', pin: 'GP22' };
    for (const value of [2, -1, 0.5, '1', true, null]) refusesParts([{ ...mode, value }], /^part "mode", field "value": .* is not 0 or 1$/);
    const levels = parseBoard(JSON.stringify({ parts: [mode, { ...mode, id: 'other', pin: 'GP21', value: 1 }] })).parts;
    assert.deepEqual(levels.map((part) => part.type === 'slide_switch' && part.value), [0, 1]);
  });

  it('keypad may take the keys of the keyboard that its own are called by', () => {
    const pad = { id: 'pad', type: 'keypad', r1: 'GP2', r2: 'GP3', r3: 'GP4', r4: 'GP5', c1: 'GP6', c2: 'GP7', c3: 'GP8', c4: 'GP9' };
    for (const keys of ['yes', 1, null]) refusesParts([{ ...pad, keys }], /^part "pad", field "keys": .* is not true or false$/);
    refusesParts([{ ...button, key: 'a' }, { ...pad, keys: true }], 'part "pad", field "keys": the key "a" is taken by part "go"');
    refusesParts([{ ...pad, keys: true }, { ...button, key: '#' }], 'part "go", field "key": the same key is taken by part "pad"');
    for (const keys of [false, undefined]) assert.equal(parseBoard(JSON.stringify({ parts: [{ ...button, key: 'a' }, { ...pad, keys }] })).parts.length, 2);
    const [part] = parseBoard(JSON.stringify({ parts: [{ ...pad, keys: true }] })).parts;
    assert.equal(part && keysOf(part).join(''), '123a456b789c*0#d');
  });

  it('pir stays high for some seconds', () => {
    const pir = { id: 'eye', type: 'pir', pin: 'GP21' };
    for (const seconds of [0, -1, 600.1, '3', null]) refusesParts([{ ...pir, seconds }], /^part "eye", field "seconds": .* is not a number of seconds, above 0 and at most 600$/);
    const { parts } = parseBoard(JSON.stringify({ parts: [pir, { ...pir, id: 'other', pin: 'GP20', seconds: 600 }] }));
    assert.deepEqual(parts.map((part) => part.type === 'pir' && part.seconds), [3, 600]);
  });

  it('relay is active at a level', () => {
    refusesParts([{ id: 'pump', type: 'relay', pin: 'GP21', active: 0 }], 'part "pump", field "active": 0 is not a text');
    refusesParts([{ id: 'pump', type: 'relay', pin: 'GP21', active: 'off' }], 'part "pump", field "active": "off" is not one of high, low');
  });

  it('ssd1306 or bme280 is at a bus', () => {
    refusesParts([{ ...screen, sda: 'GP5' }], 'part "screen", field "sda": GP5 is SCL of I2C0; SDA is on the pins with an even number');
    refusesParts([{ ...screen, scl: 'GP6' }], 'part "screen", field "scl": GP6 is SDA of I2C1; SCL is on the pins with an odd number');
    refusesParts([{ ...screen, scl: 'GP7' }], 'part "screen", field "scl": GP7 is of I2C1, but SDA on GP4 is of I2C0');
  });

  it('ssd1306 or bme280 has an address that no other has on its bus', () => {
    for (const address of ['0x76', '3c', 118.5, null, '0x3c3c']) refusesParts([{ ...screen, address }], /^part "screen", field "address": .* is not one of "0x3c", "0x3d"$/);
    refusesParts([{ ...air, address: '0x3c' }], /is not one of "0x76", "0x77"$/);
    refusesParts([screen, { ...screen, id: 'second' }], 'part "second", field "address": part "screen" answers to 0x3c on the same bus');
    refusesParts([screen, { ...screen, id: 'second', sda: 'GP8', scl: 'GP9' }], /answers to 0x3c on the same bus$/);
    assert.equal(parseBoard(JSON.stringify({ parts: [screen, { ...screen, id: 'second', address: 0x3d }, air] })).parts.length, 3);
    assert.equal(parseBoard(JSON.stringify({ parts: [screen, { ...screen, id: 'second', sda: 'GP2', scl: 'GP3' }] })).parts.length, 2);
  });
});
