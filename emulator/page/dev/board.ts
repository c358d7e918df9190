import { DEFAULT_BOARD, parseBoard } from '../src/board/board-file.js';
import '../src/board/board.js';
import type { DisplayPixels, FrameReply, Request } from '../src/protocol.js';

/** Feeds the board with made-up data, to look at it without a firmware: a page for whoever works on it, no part of the site. `?all`, `?more`, `?digit`, `?sensors`, `?dark`, `?still`. */

const ALL = {
  parts: [
    { id: 'go', type: 'pushbutton', pin: 'GP15', label: 'Go', key: 'Space' },
    { id: 'red', type: 'led', pin: 'GP16', label: 'Heater', color: 'red' },
    { id: 'green', type: 'led', pin: 'GP17', label: 'Ready', color: 'green' },
    { id: 'level', type: 'potentiometer', pin: 'GP26', label: 'Set point', value: 0.3 },
    { id: 'knob', type: 'encoder', clk: 'GP10', dt: 'GP11', sw: 'GP22', label: 'Menu', key: 'm' },
    { id: 'screen', type: 'ssd1306', sda: 'GP4', scl: 'GP5' },
    { id: 'air', type: 'bme280', sda: 'GP4', scl: 'GP5' },
  ],
};

const MORE = {
  parts: [
    { id: 'light', type: 'rgb_led', red: 'GP16', green: 'GP17', blue: 'GP18', label: 'Light' },
    { id: 'mode', type: 'slide_switch', pin: 'GP22', label: 'Mode', value: 1 },
    { id: 'pad', type: 'keypad', r1: 'GP2', r2: 'GP3', r3: 'GP4', r4: 'GP5', c1: 'GP6', c2: 'GP7', c3: 'GP8', c4: 'GP9', keys: true },
    { id: 'arm', type: 'servo', pin: 'GP26' },
    { id: 'beep', type: 'buzzer', pin: 'GP20' },
    { id: 'pir', type: 'pir', pin: 'GP21', key: 'm' },
    { id: 'pump', type: 'relay', pin: 'GP19', label: 'Pump' },
    { id: 'far', type: 'ir_remote', pin: 'GP27' },
  ],
};

const DIGIT = {
  parts: [{ id: 'digit', type: 'seven_segment', a: 'GP10', b: 'GP11', c: 'GP12', d: 'GP13', e: 'GP14', f: 'GP15', g: 'GP16', dp: 'GP17' }],
};

const SENSORS = {
  parts: [
    { id: 'in', type: 'ds18b20', dq: 'GP16', label: 'Inside' },
    { id: 'out', type: 'ds18b20', dq: 'GP16', label: 'Outside' },
    { id: 'air', type: 'dht22', data: 'GP17' },
    { id: 'far', type: 'hc_sr04', trig: 'GP14', echo: 'GP15' },
    { id: 'small', type: 'st7735', sck: 'GP10', mosi: 'GP11', cs: 'GP13', dc: 'GP12', rst: 'GP9' },
    { id: 'large', type: 'ili9341', sck: 'GP18', mosi: 'GP19', cs: 'GP20', dc: 'GP21' },
  ],
};

const query = new URLSearchParams(location.search);
if (query.has('dark')) document.documentElement.dataset['theme'] = 'dark';
const board = document.querySelector('uasync-board') as HTMLElementTagNameMap['uasync-board'];
const log = document.querySelector('#log') as HTMLElement;
const grounded = new Set<number>();
board.addEventListener('request', (event) => {
  const request = (event as CustomEvent<Request>).detail;
  if (request.kind === 'ground') grounded[request.grounded ? 'add' : 'delete'](request.pin);
  log.textContent += `${JSON.stringify(request)}\n`;
});
board.addEventListener('announce', (event) => (log.textContent += `announce: ${(event as CustomEvent<string>).detail}\n`));
const boards = { all: ALL, more: MORE, digit: DIGIT, sensors: SENSORS };
const [chosen] = Object.entries(boards).flatMap(([name, parts]) => (query.has(name) ? [parts] : []));
board.setBoard(chosen === undefined ? DEFAULT_BOARD : parseBoard(JSON.stringify(chosen)));

function pixels(): Uint8Array {
  return Uint8Array.from({ length: 128 * 64 }, (_, index) => {
    const [x, y] = [index % 128, index >> 7];
    return x === 0 || y === 0 || x === 127 || y === 63 || Math.abs(y - 32 - 22 * Math.sin(x / 12)) < 1 ? 255 : 0;
  });
}

function colours(id: string, width: number, height: number): DisplayPixels {
  const at = (index: number): number[] => [(255 * (index % width)) / width, (255 * Math.floor(index / width)) / height, index % width < 8 ? 255 : 64];
  return { id, width, height, pixels: Uint8Array.from({ length: 3 * width * height }, (_, byte) => at(Math.floor(byte / 3))[byte % 3] as number) };
}

function frame(millis: number): FrameReply {
  const levels = Uint8Array.from({ length: 30 }, (_, pin) => (pin === 15 || pin === 22 || pin === 10 || pin === 11 || pin === 4 || pin === 5 ? 1 : 0));
  const duty = new Float32Array(30);
  for (const pin of grounded) levels[pin] = 0;
  levels[19] = levels[18] = levels[10] = levels[11] = levels[25] = levels[16] = query.has('still') || millis % 1000 < 500 ? 1 : 0;
  duty[17] = 0.3;
  return {
    kind: 'frame', name: 'board', boot: 1, nanos: millis * 1e6, cycles: 0, frequency: 125e6, ratio: 1, asleep: 0, levels, duty,
    edges: [1, 0, 1, 0].map((level, index) => ({ pin: 17, nanos: index, level })), droppedEdges: new Uint32Array(30), console: new Uint8Array(), droppedConsole: 0, isUasync: true,
    taskEvents: [], droppedTaskEvents: 0, tasks: undefined, displays: millis < 100 ? [{ id: 'screen', width: 128, height: 64, pixels: pixels() }, colours('small', 128, 160), colours('large', 240, 320)] : [], readings: [{ id: 'arm', values: { degrees: (millis / 20) % 180 } }, { id: 'beep', values: { hertz: levels[25] ? 440 : 0 } }, { id: 'pump', values: { clicks: 3 } }],
  } as FrameReply;
}

let millis = 0;
setInterval(() => board.show(frame((millis += 33))), 33);
