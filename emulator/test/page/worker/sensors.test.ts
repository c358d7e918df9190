import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { parseBoard } from '../../../page/src/board/board-file.js';
import { simulatedOf } from '../../../page/src/board/kinds/index.js';
import { BoardRun } from '../../../page/src/worker/board-run.js';
import { serialOf } from '../../../page/src/worker/parts/ds18b20.js';
import { Devices } from '../../../page/src/worker/part-devices.js';
import { compileElf } from '../../support/compile.js';
import { colourProgram, SENSORS_PROGRAM } from '../../support/fixtures.js';

const RANGE = { id: 'far', type: 'hc_sr04', trig: 'GP2', echo: 'GP3' };
const CLIMATE = { id: 'air', type: 'dht22', data: 'GP4' };
const INSIDE = { id: 'inside', type: 'ds18b20', dq: 'GP5' };
const OUTSIDE = { id: 'outside', type: 'ds18b20', dq: 'GP5' };

function devicesOf(...parts: readonly unknown[]): Devices {
  const devices = new Devices();
  devices.handle({ kind: 'devices', devices: simulatedOf(parseBoard(JSON.stringify({ parts })).parts) });
  return devices;
}

/** A board with these devices, and a function that runs it to its next line. */
function powerOn(program: string, devices: Devices): () => string {
  const board = new BoardRun(compileElf(program));
  devices.connect(board.pico);
  return () => {
    for (let text = ''; ; ) {
      board.advance(board.pico.nanos + 20e6, () => true);
      text += new TextDecoder().decode(board.take().console);
      if (text.endsWith('\n')) return text.trim();
      assert.ok(board.pico.nanos < 60e9, `no line after '${text}'`);
    }
  };
}

describe('sensors on the page', () => {
  it('measure what they are made to sense, before and after a reset', () => {
    const devices = devicesOf(RANGE, CLIMATE, INSIDE);
    devices.handle({ kind: 'sense', id: 'far', values: { centimetres: 100, plugged: 1 } });
    devices.handle({ kind: 'sense', id: 'air', values: { celsius: -10.1, humidityPercent: 65.2, plugged: 1 } });
    devices.handle({ kind: 'sense', id: 'inside', values: { celsius: -0.5, plugged: 1 } });
    const line = powerOn(SENSORS_PROGRAM, devices);
    assert.equal(near(line()), '5800 028c806500000073 0000fff8');
    devices.handle({ kind: 'sense', id: 'far', values: { centimetres: 50 } });
    devices.handle({ kind: 'sense', id: 'inside', values: { celsius: 25 } });
    devices.handle({ kind: 'sense', id: 'air', values: { celsius: 10.1 } });
    assert.equal(near(line()), '2900 028c0065000000f3 00000190');
    assert.equal(near(powerOn(SENSORS_PROGRAM, devices)()), '2900 028c0065000000f3 00000190');
  });

  it('are silent while they are unplugged, also from the start', () => {
    const devices = devicesOf(RANGE, CLIMATE, INSIDE);
    const plug = (plugged: number): void => ['far', 'air', 'inside'].forEach((id) => devices.handle({ kind: 'sense', id, values: { plugged } }));
    plug(0);
    const line = powerOn(SENSORS_PROGRAM, devices);
    assert.equal(line(), '00000000 silent nobody');
    plug(1);
    assert.equal(near(line()), '38000 01f400c8000000bd 00000140');
    plug(0);
    assert.equal(line(), '00000000 silent nobody');
  });

  it('have numbers of their own, which are the same each time', () => {
    const ids = Array.from({ length: 24 }, (_, index) => `thermometer_on_the_${index}`);
    assert.equal(new Set(ids.map(serialOf)).size, ids.length);
    for (const serial of ids.map(serialOf)) assert.ok(Number.isSafeInteger(serial) && serial >= 0 && serial < 2 ** 48);
    assert.equal(serialOf('t1'), (7 * 31 + 116) * 31 + 49);
  });

  it('share a wire if they are thermometers', () => {
    const devices = devicesOf(INSIDE, OUTSIDE);
    devices.handle({ kind: 'sense', id: 'inside', values: { celsius: 16.75 } }); // 0x10c
    devices.handle({ kind: 'sense', id: 'outside', values: { celsius: 16.5 } }); // 0x108
    const line = powerOn(SENSORS_PROGRAM, devices);
    assert.match(line(), / 00000108$/); // both at once: the zeros win
    devices.handle({ kind: 'sense', id: 'outside', values: { plugged: 0 } });
    assert.match(line(), / 0000010c$/);
  });
});

describe('colour displays on the page', () => {
  const screen = { id: 'screen', sck: 'GP10', mosi: 'GP11', cs: 'GP13', dc: 'GP12' };

  it('tell what they show, once for each change', () => {
    for (const [type, madctl, width, height] of [['st7735', 0xc0, 128, 160], ['ili9341', 0x48, 240, 320]] as const) {
      const devices = devicesOf({ ...screen, type, rst: 'GP9' });
      const line = powerOn(colourProgram(madctl), devices);
      const [dark] = devices.takeChanged();
      assert.deepEqual([dark?.width, dark?.height, dark?.pixels.some(Boolean)], [width, height, false]);
      assert.deepEqual(devices.takeChanged(), []);
      assert.equal(line(), 'shown');
      const [shown] = devices.takeChanged();
      assert.deepEqual([shown?.id, shown?.pixels.length], ['screen', 3 * width * height]);
      assert.deepEqual([...(shown?.pixels.subarray(0, 6) ?? [])], [255, 0, 0, 0, 0, 255]);
      assert.deepEqual(devices.takeChanged(), []);
    }
  });

  it('are on the bus of their pins, with a reset pin only if they have one', () => {
    const shows = (part: object): boolean => {
      const devices = devicesOf({ ...screen, type: 'st7735', ...part });
      powerOn(colourProgram(0xc0), devices)();
      return devices.takeChanged()[0]?.pixels[0] === 255;
    };
    assert.equal(shows({}), true);
    assert.equal(shows({ sck: 'GP18', mosi: 'GP19' }), false);
    assert.equal(shows({ rst: 'GP8' }), false); // which stays low
  });
});

/** The first number of a line in decimal, to the nearest ten. */
function near(line: string): string {
  const [first = '', ...others] = line.split(' ');
  return [Math.round(Number.parseInt(first, 16) / 10) * 10, ...others].join(' ');
}
