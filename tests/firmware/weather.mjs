// Runs a firmware with a weather sensor and a display at GP4 and GP5, and prints as JSON what it printed, how it ended and what the display showed:
// node weather.mjs EMULATOR_PACKAGE IMAGE MILLISECONDS [STEP...]
//
// The display is looked at when a line says `look`. A step is MICROSECONDS:WHAT, in the order of time: `GP10=0` drives a pin, `GP10=` lets it go, `out`
// and `in` unplug the sensor and plug it in, `look` looks at the display. Without steps, the firmware's GP16 and GP17 plug in sensor and display,
// and GP18 makes it warmer. With steps, the edges of GP16 and the pins above are told.
import { readFileSync } from 'node:fs';

const [emulator, file, until, ...steps] = process.argv.slice(2);
const { Bme280, parseImage, Pico, Ssd1306 } = await import(emulator);

const [SENSOR_PLUG, DISPLAY_PLUG, WARMER] = [16, 17, 18];
const [WIRED, UNPLUGGED] = [{ sda: 4, scl: 5 }, { sda: 20, scl: 21 }];
const image = readFileSync(file);
const plugsItself = steps.length === 0;
const lines = [];
const pictures = [];
const edges = [];
let bytes = 0;

/** Each row in hexadecimal, the leftmost pixel is the highest bit. */
const look = () => {
  const { width, height, pixels } = display;
  const rows = [];
  for (let y = 0; y < height; y++) {
    let row = '';
    for (let x = 0; x < width; x++) row += pixels[y * width + x] ? 1 : 0;
    rows.push(BigInt(`0b${row}`).toString(16).padStart(width / 4, '0'));
  }
  pictures.push({ rows, contrast: display.contrast, bytes, us: pico.nanos / 1e3 });
};
const plugSensor = (isIn) => {
  sensor = new Bme280();
  sensor.weather = weather;
  pico.i2c(0).attach(0x76, sensor, isIn ? WIRED : UNPLUGGED);
};
const plugDisplay = (isIn) => pico.i2c(0).attach(0x3c, display, isIn ? WIRED : UNPLUGGED);

const pico = new Pico(parseImage(image), {
  onConsoleLine: (line) => {
    const text = new TextDecoder().decode(line.bytes).replace(/\n$/, '');
    lines.push({ text, us: line.nanos / 1e3 });
    if (text === 'look') look();
  },
  onEdge: ({ pin, level }) => {
    if (!plugsItself) {
      if (pin >= 16) edges.push([pin, pico.nanos / 1e3, level ? 1 : 0]);
      return;
    }
    if (pin === SENSOR_PLUG) plugSensor(level);
    if (pin === DISPLAY_PLUG && level) plugDisplay(true);
    if (pin === WARMER && level) sensor.weather = weather = { celsius: 25, hectopascal: 990, humidityPercent: 65 };
  },
});
let weather = { celsius: -3.5, hectopascal: 1013.25, humidityPercent: 40 };
let sensor;
const display = new Ssd1306();
const { write } = display;
display.write = (byte) => {
  bytes++;
  return write.call(display, byte);
};
plugSensor(!plugsItself);
plugDisplay(!plugsItself);
pico.awaitsInput = true;
const actions = [];
for (const step of steps) {
  const [time, what] = step.split(':');
  const pin = /^GP(\d+)=(\d?)$/.exec(what);
  if (pin) pico.scheduleDrive(Number(pin[1]), pin[2] === '' ? undefined : Number(pin[2]), time * 1e3);
  else actions.push([time * 1e3, what]);
}
for (const [nanos, what] of actions) {
  pico.run(nanos);
  if (what === 'look') look();
  else plugSensor(what === 'in');
}
pico.run(until * 1e6);
console.log(JSON.stringify({ lines, pictures, edges, asleep: pico.asleepNanos / pico.nanos, ending: pico.ending ?? null, unknown: pico.unknownRegisters.map(({ text }) => text) }));
