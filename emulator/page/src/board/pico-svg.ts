import { BOARD_PINS, type BoardPin, LED_GPIO } from './pinout.js';

/**
 * The picture of a Raspberry Pi Pico from above, lying with its USB socket to the left. Its unit is a tenth of a millimetre, so the
 * board is 510 by 210. Drawn after the dimensions in the Pico's data sheet; what is soldered on is where it is on the board, if simplified.
 */

const LENGTH = 510;
const WIDTH = 210;
const PITCH = 25.4;
const FIRST_PIN = 13.7;
const HOLE_INSET = 16.1;
const USB_OVERHANG = 13;

/** Outside the edge: a dot for the level, then the pin's name. */
const DOT_DISTANCE = 14;
const TAG_DISTANCE = 25;
const TAG_LENGTH = 58;
const TAG_WIDTH = 21;
/** Of capitals and digits, in parts of the size of the type. */
const CHARACTER_WIDTH = 0.62;

/** How far the picture reaches, with the names of its pins. */
export const PICO_BOX = { left: -USB_OVERHANG, right: LENGTH, top: -TAG_DISTANCE - TAG_LENGTH, bottom: WIDTH + TAG_DISTANCE + TAG_LENGTH } as const;

/** Where a pin is along the board. */
export function pinX(pin: BoardPin): number {
  return FIRST_PIN + PITCH * (isBelow(pin) ? pin.number - 1 : 40 - pin.number);
}

/** True for the pins at the lower edge as the board lies: the left ones with the USB socket up. */
export function isBelow(pin: BoardPin): boolean {
  return pin.side === 'left';
}

/** The picture, to be put in an SVG. Its live elements: `[data-gpio]`, the dots of the levels, and `.pico-led`. */
export function picoSvg(): string {
  return `<g class="pico" aria-hidden="true">
${definitions()}
${board()}
${BOARD_PINS.map(pad).join('')}
${debugPads()}${smallParts()}${powerSupply()}${bootButton()}${flash()}${processor()}${crystal()}${usbSocket()}
${silk(336, 163, 'Raspberry Pi Pico', 13, 'start', 600)}
${BOARD_PINS.map(tag).join('')}
</g>
${led()}`;
}

function definitions(): string {
  return `<defs>
<linearGradient id="pico-mask" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#17864d"/><stop offset="1" stop-color="#0b6338"/></linearGradient>
<linearGradient id="pico-steel" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#8f969d"/><stop offset=".12" stop-color="#eef0f2"/>
<stop offset=".55" stop-color="#d3d7db"/><stop offset=".9" stop-color="#b4babf"/><stop offset="1" stop-color="#7f868d"/></linearGradient>
<linearGradient id="pico-chip" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#3b3e43"/><stop offset="1" stop-color="#1c1e21"/></linearGradient>
<linearGradient id="pico-gold" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#f0d78a"/><stop offset="1" stop-color="#c79b3b"/></linearGradient>
<radialGradient id="pico-glow"><stop offset="0" stop-color="#f2ffe0"/><stop offset=".18" stop-color="#b4ff7a" stop-opacity=".95"/>
<stop offset=".5" stop-color="#74f53c" stop-opacity=".45"/><stop offset="1" stop-color="#5bff3a" stop-opacity="0"/></radialGradient>
</defs>`;
}

function silk(x: number, y: number, text: string, size: number, anchor: 'start' | 'middle' | 'end' = 'middle', weight = 400): string {
  return `<text x="${x}" y="${y}" class="pico-silk" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}">${text}</text>`;
}

function board(): string {
  const holes = [20, 490].flatMap((x) => [48, 162].map((y) => `<circle cx="${x}" cy="${y}" r="12.5" fill="#0a5a33"/><circle cx="${x}" cy="${y}" r="10.5" class="pico-through"/>`));
  const traces =
    'M142 128h20l10-9h38M142 140h26l12-10h30M201 96v-22l8-8h30M205 116h27M308 88h30l10-10h60M308 104h44M308 120h26l12 12h70M308 136h16l10 10v20' +
    'M240 66V44l8-8h40M262 66V52M282 66V38M250 150v24M272 150v14l-8 8M420 105h44M420 95l12-20h30M420 115l12 20h30M60 105h34M76 92h30l10-8';
  return `<rect x="3" y="5" width="${LENGTH}" height="${WIDTH}" rx="10" class="pico-shadow"/>
<rect width="${LENGTH}" height="${WIDTH}" rx="9" fill="url(#pico-mask)"/>
<path d="${traces}" fill="none" stroke="#27a062" stroke-width="2" stroke-linejoin="round" stroke-linecap="round" opacity=".5"/>
<rect x=".75" y=".75" width="${LENGTH - 1.5}" height="${WIDTH - 1.5}" rx="8.4" fill="none" stroke="#fff" stroke-opacity=".16" stroke-width="1.5"/>${holes.join('')}`;
}

/** A castellated pad: half a hole in the edge of the board, and a whole one for a pin header. Those of ground are square. */
function pad(pin: BoardPin): string {
  const x = pinX(pin);
  const below = isBelow(pin);
  const [edge, inward] = below ? [WIDTH, -1] : [0, 1];
  const inner = edge + inward * 24.5;
  const round = `M${x - 8} ${edge}V${edge + inward * 16.5}A8 8 0 0 ${below ? 1 : 0} ${x + 8} ${edge + inward * 16.5}V${edge}Z`;
  const square = `M${x - 8} ${edge}V${inner}H${x + 8}V${edge}Z`;
  return `<path d="${pin.kind === 'ground' ? square : round}" fill="url(#pico-gold)"/><circle cx="${x}" cy="${edge + inward * HOLE_INSET}" r="5.1" class="pico-through"/>
<path d="M${x - 4.6} ${edge}a4.6 4.6 0 0 ${below ? 1 : 0} 9.2 0z" class="pico-through"/>${silk(x, inner + inward * (below ? 3 : 9.5), String(pin.number), 8)}`;
}

function usbSocket(): string {
  const tabs = [59, 142].map((y) => `<rect x="26" y="${y}" width="15" height="9" rx="2" fill="#c5cacf"/>`).join('');
  const springs = [80, 114].map((y) => `<path d="M8 ${y}h15v16H8z" fill="#b9bfc5" stroke="#858c93" stroke-width=".8"/><path d="M8 ${y + 8}h11" stroke="#858c93" stroke-width=".8"/>`).join('');
  return `<g>${tabs}<rect x="${-USB_OVERHANG}" y="66.5" width="57" height="77" rx="3.5" fill="url(#pico-steel)" stroke="#757c83"/>
<path d="M-7 67v76" stroke="#878e95" stroke-width="1.3"/>${springs}<path d="M40 70v70" stroke="#fff" stroke-width="1" opacity=".5"/></g>`;
}

function bootButton(): string {
  const legs = [106, 123].flatMap((x) => [107, 157].map((y) => `<rect x="${x}" y="${y}" width="8" height="6" fill="#d0d4d8"/>`)).join('');
  return `<g>${legs}<rect x="100" y="111" width="37" height="48" rx="3" fill="#d9dcdf" stroke="#8b9198"/><rect x="103" y="114" width="31" height="42" rx="2" fill="#c6cace"/>
<ellipse cx="118.5" cy="135" rx="10.5" ry="14" fill="#fbfbfb" stroke="#a4aab0"/><ellipse cx="117" cy="132" rx="6" ry="8" fill="#fff"/>
${silk(118.5, 104, 'BOOTSEL', 9)}</g>`;
}

function powerSupply(): string {
  return `<g><rect x="92" y="56" width="31" height="31" rx="2.5" fill="#4c4f53" stroke="#26282a"/><rect x="96" y="60" width="23" height="23" rx="6" fill="#5d6165"/>
<text x="107.5" y="75" class="pico-print" text-anchor="middle" font-size="8">2R2</text>
<rect x="136" y="60" width="20" height="24" rx="1.5" fill="url(#pico-chip)"/><circle cx="140" cy="64" r="1.2" fill="#777c82"/>
<rect x="60" y="74" width="17" height="25" rx="1.5" fill="url(#pico-chip)"/><rect x="60" y="77" width="17" height="3.5" fill="#9aa1a8"/></g>`;
}

function flash(): string {
  const legs = [0, 1, 2, 3].map((leg) => `<path d="M${175 + leg * 7} 94.5v33" stroke="#cdd2d6" stroke-width="3.4"/>`).join('');
  return `<g>${legs}<rect x="170" y="97" width="31" height="28" rx="1.5" fill="url(#pico-chip)"/><circle cx="174.5" cy="101.5" r="1.6" fill="#777c82"/>
<text x="185.5" y="114" text-anchor="middle" class="pico-print" font-size="6.6">FLASH</text></g>`;
}

function processor(): string {
  const legs = Array.from({ length: 14 }, (_, leg) => {
    const at = leg * 4.4;
    return `M${244.4 + at} 68.5v73M236.5 ${76.4 + at}h73`;
  }).join('');
  return `<g><path d="${legs}" stroke="#cdd2d6" stroke-width="2"/><rect x="238" y="70" width="70" height="70" rx="2" fill="url(#pico-chip)"/>
<circle cx="246" cy="78" r="2.6" fill="#777c82"/>${raspberry(273, 89)}
<text x="273" y="115" text-anchor="middle" class="pico-print" font-size="13" font-weight="600">RP2040</text>
<text x="273" y="128" text-anchor="middle" class="pico-print" font-size="7">2 × Cortex-M0+</text></g>`;
}

/** The berry on the chip: drupelets under two leaves. */
function raspberry(x: number, y: number): string {
  const drupelets = [[-3.4, -1], [0, -2], [3.4, -1], [-4.2, 2.4], [0, 1.8], [4.2, 2.4], [-2.2, 5.4], [2.2, 5.4], [0, 8]];
  return `<g transform="translate(${x} ${y})" fill="#a9aeb4">${drupelets.map(([dx, dy]) => `<circle cx="${dx}" cy="${dy}" r="1.75"/>`).join('')}
<path d="M-.4-4.4q-4.8.8-5.6-3.6q4.4-1 5.6 3.6zM.4-4.4q4.8.8 5.6-3.6q-4.4-1-5.6 3.6z"/></g>`;
}

function crystal(): string {
  return `<g><rect x="322" y="92" width="25" height="33" rx="3.5" fill="url(#pico-steel)" stroke="#7f868d"/><rect x="325" y="95" width="19" height="27" rx="3" fill="#dfe2e5"/>
<text transform="translate(337 108.5) rotate(-90)" text-anchor="middle" font-size="6.6" fill="#5b6167">12.000</text></g>`;
}

function debugPads(): string {
  const pads = [79.6, 105, 130.4].map(
    (y, index) => `<path d="M${LENGTH} ${y - 8}H${LENGTH - (index === 1 ? 24 : 16)}${index === 1 ? 'v16' : 'a8 8 0 0 0 0 16'}H${LENGTH}Z" fill="url(#pico-gold)"/>
<circle cx="${LENGTH - HOLE_INSET}" cy="${y}" r="5.1" class="pico-through"/><path d="M${LENGTH} ${y - 4.6}a4.6 4.6 0 0 0 0 9.2z" class="pico-through"/>`,
  );
  return `<g>${pads.join('')}<text transform="translate(479 105) rotate(-90)" text-anchor="middle" class="pico-silk" font-size="9">DEBUG</text></g>`;
}

/** Resistors and capacitors, where they stand closest. */
function smallParts(): string {
  const lying = [[150, 96], [150, 106], [168, 76], [168, 86], [84, 112], [84, 122], [212, 140], [212, 150], [320, 134], [336, 134], [320, 80], [336, 80], [64, 112], [64, 122], [390, 60], [390, 70]];
  const upright = [[246, 50], [258, 50], [288, 50], [250, 150], [262, 150], [286, 150], [298, 150], [222, 84], [222, 106], [360, 98], [372, 98], [162, 132], [172, 132]];
  const part = (x: number, y: number, rotation: number, tone: string): string =>
    `<g transform="translate(${x} ${y}) rotate(${rotation})"><rect width="11" height="6" rx=".6" fill="#d5d9dc"/><rect x="2.8" width="5.4" height="6" fill="${tone}"/></g>`;
  return [
    ...lying.map(([x, y], index) => part(x as number, y as number, 0, index % 3 === 0 ? '#2b2d30' : '#b08d5b')),
    ...upright.map(([x, y], index) => part((x as number) + 6, y as number, 90, index % 4 === 0 ? '#2b2d30' : '#b08d5b')),
  ].join('');
}

/** The LED, with a glow whose opacity is the brightness. */
function led(): string {
  return `<g class="pico-led" role="img" aria-label="LED on GP${LED_GPIO}: off"><title>LED on GP${LED_GPIO}</title><rect x="56" y="145" width="10" height="17" rx="1.5" fill="#e9ecef" stroke="#9aa1a8" stroke-width=".8"/>
<rect x="57" y="149" width="8" height="9" rx="1" class="pico-led-lens"/>${silk(72, 157, 'LED', 9, 'start')}
<circle cx="61" cy="153.5" r="34" fill="url(#pico-glow)" class="pico-led-glow"/></g>`;
}

/** The name of a pin, as large as it has room, and for a GPIO the dot that shows its level. */
function tag(pin: BoardPin): string {
  const x = pinX(pin);
  const below = isBelow(pin);
  const top = below ? WIDTH + TAG_DISTANCE : -TAG_DISTANCE - TAG_LENGTH;
  const start = below ? top + 7 : top + TAG_LENGTH - 7;
  const dot = below ? WIDTH + DOT_DISTANCE : -DOT_DISTANCE;
  const level = pin.gpio === undefined ? '' : `<circle cx="${x}" cy="${dot}" r="6.2" class="pin-level" data-gpio="${pin.gpio}"/>`;
  const room = (TAG_LENGTH - 10) / (CHARACTER_WIDTH * pin.label.length);
  const uses = pin.uses ? ` (${pin.uses})` : '';
  return `<g class="pin-tag pin-${pin.kind}" data-pin="${pin.number}"><title>Pin ${pin.number}: ${pin.label}${uses}</title>
<rect x="${x - TAG_WIDTH / 2}" y="${top}" width="${TAG_WIDTH}" height="${TAG_LENGTH}" rx="4"/>
<text transform="translate(${x} ${start}) rotate(-90)" dy=".36em" text-anchor="${below ? 'end' : 'start'}" style="--room: ${room.toFixed(1)}px">${pin.label}</text>${level}</g>`;
}
