import { BOARD_PINS, type BoardPin } from './pinout.js';

/**
 * The picture of a Raspberry Pi Pico, from above, with the USB socket at the top. Its unit is a tenth of a millimetre, so the board is
 * 210 by 510. Drawn after the dimensions in the Pico's data sheet; what is soldered on is where it is on the board, if simplified.
 */

const WIDTH = 210;
const HEIGHT = 510;
const PITCH = 25.4;
const FIRST_PIN = 13.7;
const HOLE_INSET = 16.1;

/** Beside the board: a dot for the level, then the pin's name. */
const DOT_DISTANCE = 15;
const TAG_DISTANCE = 27;
const TAG_WIDTH = 72;

export const VIEW_BOX = { x: -104, y: -20, width: 418, height: 540 } as const;

/** Where a wire leaves a pin, in the picture's units: at the outer end of its name. */
export function wireStart(pin: BoardPin): { x: number; y: number } {
  const distance = TAG_DISTANCE + TAG_WIDTH;
  return { x: pin.side === 'left' ? -distance : WIDTH + distance, y: pinY(pin) };
}

/** The whole picture. Its live elements: `[data-gpio]`, the dots of the levels, and `.pico-led`. */
export function picoSvg(): string {
  const { x, y, width, height } = VIEW_BOX;
  return `<svg class="pico" viewBox="${x} ${y} ${width} ${height}" role="img" aria-label="Raspberry Pi Pico">
${definitions()}
${board()}
${BOARD_PINS.map(pad).join('')}
${chips()}
${led()}
${usbSocket()}
${BOARD_PINS.map(tag).join('')}
</svg>`;
}

function pinY(pin: BoardPin): number {
  return FIRST_PIN + PITCH * (pin.side === 'left' ? pin.number - 1 : 40 - pin.number);
}

function definitions(): string {
  return `<defs>
<linearGradient id="pico-mask" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#13834a"/><stop offset="1" stop-color="#0a6236"/></linearGradient>
<linearGradient id="pico-steel" x1="0" y1="0" x2="1" y2="0"><stop offset="0" stop-color="#9aa1a8"/><stop offset=".2" stop-color="#e4e7ea"/>
<stop offset=".8" stop-color="#c9ced3"/><stop offset="1" stop-color="#8c939a"/></linearGradient>
<linearGradient id="pico-chip" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#3a3d42"/><stop offset="1" stop-color="#1d1f22"/></linearGradient>
<radialGradient id="pico-glow"><stop offset="0" stop-color="#d9ffb0"/><stop offset=".25" stop-color="#8dff5a" stop-opacity=".85"/>
<stop offset="1" stop-color="#5bff3a" stop-opacity="0"/></radialGradient>
</defs>`;
}

function board(): string {
  const holes = [
    [48, 20],
    [162, 20],
    [48, 490],
    [162, 490],
  ];
  return `<rect x="2" y="5" width="${WIDTH}" height="${HEIGHT}" rx="9" fill="#000" opacity=".22"/>
<rect width="${WIDTH}" height="${HEIGHT}" rx="9" fill="url(#pico-mask)"/>
<rect x=".75" y=".75" width="${WIDTH - 1.5}" height="${HEIGHT - 1.5}" rx="8.4" fill="none" stroke="#fff" stroke-opacity=".14" stroke-width="1.5"/>
<path d="M64 150V216M70 150V200L80 210M146 130V220M140 140V206L134 212M84 350V420M126 350V400L134 408V440M105 356V430" fill="none" stroke="#1f9a5c" stroke-width="2.2" opacity=".6"/>
${holes.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="11" fill="#c9a44a"/><circle cx="${cx}" cy="${cy}" r="8.2" class="pico-through"/>`).join('')}`;
}

/** A castellated pad: half a hole in the edge of the board, and a whole one for a pin header. */
function pad(pin: BoardPin): string {
  const y = pinY(pin);
  const isLeft = pin.side === 'left';
  const hole = isLeft ? HOLE_INSET : WIDTH - HOLE_INSET;
  const edge = isLeft ? 0 : WIDTH;
  const inner = isLeft ? 25 : WIDTH - 25;
  const outline = isLeft ? `M0 ${y - 8}H16a8 8 0 0 1 0 16H0Z` : `M${WIDTH} ${y - 8}H${WIDTH - 16}a8 8 0 0 0 0 16H${WIDTH}Z`;
  const square = isLeft ? `M0 ${y - 8}H24V${y + 8}H0Z` : `M${WIDTH} ${y - 8}H${WIDTH - 24}V${y + 8}H${WIDTH}Z`;
  return `<path d="${pin.kind === 'ground' ? square : outline}" fill="#d9b65c"/><circle cx="${hole}" cy="${y}" r="5.1" class="pico-through"/>
<circle cx="${edge}" cy="${y}" r="4.4" class="pico-through"/>
<text x="${inner + (isLeft ? 3.5 : -3.5)}" y="${y + 3}" text-anchor="${isLeft ? 'start' : 'end'}" class="pico-silk" font-size="8">${pin.number}</text>`;
}

function usbSocket(): string {
  return `<g><rect x="66" y="-13" width="78" height="57" rx="4" fill="url(#pico-steel)" stroke="#7c838a" stroke-width="1"/>
<path d="M66 -6H144" stroke="#878e95" stroke-width="1.4"/><path d="M82 10h16v14H82zM112 10h16v14h-16z" fill="#aab0b6" stroke="#858c93" stroke-width=".8"/>
<rect x="60" y="30" width="8" height="13" rx="2" fill="#c5cacf"/><rect x="142" y="30" width="8" height="13" rx="2" fill="#c5cacf"/></g>`;
}

function chips(): string {
  return `${bootButton()}${powerSupply()}${flash()}${processor()}${crystal()}${debugPads()}
<text transform="translate(62 462) rotate(-90)" class="pico-silk" font-size="13" font-weight="600" letter-spacing=".4">Raspberry Pi Pico</text>
<text x="105" y="449" class="pico-silk" text-anchor="middle" font-size="9" letter-spacing=".6">RP2040 · 2 MB</text>`;
}

function bootButton(): string {
  return `<g><rect x="52" y="100" width="46" height="36" rx="3" fill="#d4d7da" stroke="#8b9198"/><rect x="47" y="106" width="6" height="7" fill="#c9ced3"/>
<rect x="47" y="123" width="6" height="7" fill="#c9ced3"/><rect x="97" y="106" width="6" height="7" fill="#c9ced3"/><rect x="97" y="123" width="6" height="7" fill="#c9ced3"/>
<ellipse cx="75" cy="118" rx="13" ry="10" fill="#fafafa" stroke="#a9afb5"/>
<text x="75" y="149" class="pico-silk" text-anchor="middle" font-size="10" letter-spacing=".4">BOOTSEL</text></g>`;
}

function powerSupply(): string {
  return `<g><rect x="124" y="92" width="30" height="30" rx="2" fill="#55595e" stroke="#2c2e31"/><rect x="129" y="97" width="20" height="20" rx="5" fill="#44474b"/>
<rect x="133" y="132" width="19" height="19" rx="1.5" fill="url(#pico-chip)"/>${smallPart(113, 96)}${smallPart(113, 110)}${smallPart(160, 98)}${smallPart(160, 112)}
${smallPart(118, 136)}${smallPart(160, 136)}<rect x="116" y="60" width="24" height="15" rx="1.5" fill="url(#pico-chip)"/><rect x="118" y="60" width="3.5" height="15" fill="#8b9198"/></g>`;
}

function flash(): string {
  const legs = [0, 1, 2, 3].map((leg) => `<rect x="${66}" y="${176 + leg * 9}" width="46" height="4" fill="#c9ced3"/>`).join('');
  return `<g>${legs}<rect x="71" y="172" width="36" height="40" rx="1.5" fill="url(#pico-chip)"/><circle cx="77" cy="178" r="1.8" fill="#6b7076"/>
<text x="89" y="195" text-anchor="middle" class="pico-print" font-size="7">FLASH</text></g>`;
}

function processor(): string {
  const legs = Array.from({ length: 14 }, (_, leg) => {
    const at = 74.6 + leg * 4.35;
    return `<path d="M${at} 233v66M72 ${at + 160.7}h66" stroke="#c9ced3" stroke-width="1.9"/>`;
  }).join('');
  return `<g>${legs}<rect x="74" y="235" width="62" height="62" rx="2" fill="url(#pico-chip)"/><circle cx="82" cy="243" r="2.6" fill="#6b7076"/>
<text x="105" y="264" text-anchor="middle" class="pico-print" font-size="12.5" font-weight="600">RP2040</text>
<text x="105" y="279" text-anchor="middle" class="pico-print" font-size="6.6">2 × Cortex-M0+</text>
${smallPart(60, 246)}${smallPart(60, 262)}${smallPart(60, 278)}${smallPart(144, 246)}${smallPart(144, 262)}${smallPart(144, 278)}${smallPart(122, 216)}${smallPart(138, 216)}</g>`;
}

function crystal(): string {
  return `<g><rect x="86" y="322" width="38" height="28" rx="5" fill="url(#pico-steel)" stroke="#858c93"/>
<text x="105" y="339" text-anchor="middle" font-size="8" fill="#555b61" font-family="ui-monospace, monospace">12.000</text>${smallPart(72, 332)}${smallPart(130, 332)}</g>`;
}

function debugPads(): string {
  const pads = [79.6, 105, 130.4].map(
    (x) => `<path d="M${x - 8} 510V494a8 8 0 0 1 16 0V510Z" fill="#d9b65c"/><circle cx="${x}" cy="494" r="5.1" class="pico-through"/>
<circle cx="${x}" cy="510" r="4.4" class="pico-through"/>`,
  );
  return `<g>${pads.join('')}<text x="105" y="477" text-anchor="middle" class="pico-silk" font-size="9" letter-spacing=".6">DEBUG</text></g>`;
}

function smallPart(x: number, y: number): string {
  return `<g><rect x="${x}" y="${y}" width="10" height="6" fill="#c9ced3"/><rect x="${x + 2.4}" y="${y}" width="5.2" height="6" fill="#a88758"/></g>`;
}

/** The LED, with a glow whose opacity is the brightness. */
function led(): string {
  return `<g class="pico-led"><rect x="44" y="52" width="17" height="10" rx="1.5" fill="#e9ecef" stroke="#9aa1a8" stroke-width=".8"/>
<rect x="48" y="53" width="9" height="8" rx="1" class="pico-led-lens"/>
<circle cx="52.5" cy="57" r="34" fill="url(#pico-glow)" class="pico-led-glow"/><text x="52.5" y="77" text-anchor="middle" class="pico-silk" font-size="9">LED</text></g>`;
}

/** The name of a pin, and for a GPIO the dot that shows its level. */
function tag(pin: BoardPin): string {
  const y = pinY(pin);
  const isLeft = pin.side === 'left';
  const left = isLeft ? -TAG_DISTANCE - TAG_WIDTH : WIDTH + TAG_DISTANCE;
  const dot = isLeft ? -DOT_DISTANCE : WIDTH + DOT_DISTANCE;
  const text = isLeft ? left + TAG_WIDTH - 8 : left + 8;
  const level = pin.gpio === undefined ? '' : `<circle cx="${dot}" cy="${y}" r="6" class="pin-level" data-gpio="${pin.gpio}"/>`;
  const size = pin.label.length > 6 ? 11.5 : 14;
  const uses = pin.uses ? ` (${pin.uses})` : '';
  return `<g class="pin-tag pin-${pin.kind}"><title>Pin ${pin.number}: ${pin.label}${uses}</title>
<rect x="${left}" y="${y - 10.5}" width="${TAG_WIDTH}" height="21" rx="4"/>
<text x="${text}" y="${y + size * 0.36}" text-anchor="${isLeft ? 'end' : 'start'}" font-size="${size}">${pin.label}</text>${level}</g>`;
}
