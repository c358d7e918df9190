import type { Decoder } from './decoder.js';
import { PIN_COUNT } from './events.js';
import { I2cDecoder } from './i2c-decoder.js';
import { SpiDecoder } from './spi-decoder.js';
import { UartDecoder } from './uart-decoder.js';

/** How a decoder is asked for, in words for the user. */
export const DECODER_FORMS = "'uart GP4 115200', 'i2c GP4 GP5' (SDA, SCL) or 'spi GP2 GP3' (clock, data; then a select pin and a mode)";

/** Reads what is to be decoded: `uart PIN BAUD`, `i2c SDA SCL`, `spi CLOCK DATA [SELECT] [MODE]`. Undefined if it is none of these. */
export function parseDecoder(text: string): Decoder | undefined {
  const [kind, ...words] = text.trim().toLowerCase().split(/\s+/);
  const [first, second] = words.map(pinOf);
  if (first === undefined) return undefined;
  if (kind === 'uart' && words.length === 2) {
    const baud = Number(words[1]);
    return Number.isInteger(baud) && baud >= 50 && baud <= 10e6 ? new UartDecoder(first, baud) : undefined;
  }
  if (second === undefined || second === first) return undefined;
  if (kind === 'i2c' && words.length === 2) return new I2cDecoder(first, second);
  if (kind !== 'spi' || words.length > 4) return undefined;
  const rest = words.slice(2);
  const select = rest.length > 0 ? pinOf(rest[0] as string) : undefined;
  if (select !== undefined) rest.shift();
  const mode = rest.length === 0 ? 0 : ['0', '1', '2', '3'].indexOf(rest.shift() as string);
  return mode < 0 || rest.length > 0 || select === first || select === second ? undefined : new SpiDecoder(first, second, select, mode as 0 | 1 | 2 | 3);
}

function pinOf(word: string): number | undefined {
  const number = /^gp(\d{1,2})$/.exec(word)?.[1];
  return number !== undefined && Number(number) < PIN_COUNT ? Number(number) : undefined;
}
