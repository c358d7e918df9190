/** What a pin at the edge of the Pico is for. */
export type PinKind = 'gpio' | 'ground' | 'power' | 'control';

/** One of the forty pins at the edge of the Pico, numbered as on the board. */
export interface BoardPin {
  readonly number: number;
  readonly label: string;
  readonly kind: PinKind;
  /** The number of the GPIO, where it is one. */
  readonly gpio: number | undefined;
  /** What else it is often used for. */
  readonly uses: string;
  readonly side: 'left' | 'right';
}

/** The pins by their labels, from 1, down the left side with the USB socket at the top, and up the right side. */
const LABELS =
  'GP0 GP1 GND GP2 GP3 GP4 GP5 GND GP6 GP7 GP8 GP9 GND GP10 GP11 GP12 GP13 GND GP14 GP15 ' +
  'GP16 GP17 GND GP18 GP19 GP20 GP21 GND GP22 RUN GP26 GP27 AGND GP28 ADC_VREF 3V3(OUT) 3V3_EN GND VSYS VBUS';

const USES: Readonly<Record<string, string>> = {
  GP0: 'UART0 TX',
  GP1: 'UART0 RX',
  GP4: 'I2C0 SDA',
  GP5: 'I2C0 SCL',
  GP16: 'SPI0 RX',
  GP17: 'SPI0 CSn',
  GP18: 'SPI0 SCK',
  GP19: 'SPI0 TX',
  GP26: 'ADC0',
  GP27: 'ADC1',
  GP28: 'ADC2',
  RUN: 'low resets the chip',
  '3V3(OUT)': '3.3 V for parts',
  '3V3_EN': 'low switches the supply off',
  ADC_VREF: 'reference of the analog inputs',
  AGND: 'ground of the analog inputs',
  VSYS: 'supply, 1.8 to 5.5 V',
  VBUS: '5 V from USB',
};

export const BOARD_PINS: readonly BoardPin[] = LABELS.split(' ').map((label, index) => ({
  number: index + 1,
  label,
  kind: kindOf(label),
  gpio: label.startsWith('GP') ? Number(label.slice(2)) : undefined,
  uses: USES[label] ?? '',
  side: index < 20 ? 'left' : 'right',
}));

/** The GPIO that the LED on the board hangs on; it has no pin at the edge. */
export const LED_GPIO = 25;

/** The pin at the edge that carries a GPIO; undefined for those inside the board. */
export function pinOfGpio(gpio: number): BoardPin | undefined {
  return BOARD_PINS.find((pin) => pin.gpio === gpio);
}

function kindOf(label: string): PinKind {
  if (label.startsWith('GP')) return 'gpio';
  if (label.endsWith('GND')) return 'ground';
  return label === 'RUN' || label === '3V3_EN' ? 'control' : 'power';
}
