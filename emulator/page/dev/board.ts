import { DEFAULT_BOARD, parseBoard } from '../src/board/board-file.js';
import '../src/board/board.js';
import type { FrameReply, Request } from '../src/protocol.js';

/** Feeds the board with made-up data, to look at it without a firmware: a page for whoever works on it, no part of the site. `?all`, `?dark`, `?still`. */

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
board.setBoard(query.has('all') ? parseBoard(JSON.stringify(ALL)) : DEFAULT_BOARD);

function pixels(): Uint8Array {
  return Uint8Array.from({ length: 128 * 64 }, (_, index) => {
    const [x, y] = [index % 128, index >> 7];
    return x === 0 || y === 0 || x === 127 || y === 63 || Math.abs(y - 32 - 22 * Math.sin(x / 12)) < 1 ? 255 : 0;
  });
}

function frame(millis: number): FrameReply {
  const levels = Uint8Array.from({ length: 30 }, (_, pin) => (pin === 15 || pin === 22 || pin === 10 || pin === 11 || pin === 4 || pin === 5 ? 1 : 0));
  const duty = new Float32Array(30);
  for (const pin of grounded) levels[pin] = 0;
  levels[25] = levels[16] = query.has('still') || millis % 1000 < 500 ? 1 : 0;
  duty[17] = 0.3;
  return {
    kind: 'frame', name: 'board', boot: 1, nanos: millis * 1e6, cycles: 0, frequency: 125e6, ratio: 1, asleep: 0, levels, duty,
    edges: [1, 0, 1, 0].map((level, index) => ({ pin: 17, nanos: index, level })), droppedEdges: new Uint32Array(30), console: new Uint8Array(), droppedConsole: 0, isUasync: true,
    taskEvents: [], droppedTaskEvents: 0, tasks: undefined, displays: millis < 100 ? [{ id: 'screen', width: 128, height: 64, pixels: pixels() }] : [],
  } as FrameReply;
}

let millis = 0;
setInterval(() => board.show(frame((millis += 33))), 33);
