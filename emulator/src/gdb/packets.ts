/** Ctrl-C in gdb arrives as this byte, outside of any packet. */
const INTERRUPT = '\x03';
/** More than any packet that gdb sends: what is longer is noise. */
const MAX_LENGTH = 0x8000;

/** What came over the line. Payloads are strings of bytes, one a character. */
export type Incoming =
  | { readonly kind: 'packet'; readonly payload: string }
  /** A packet whose checksum is wrong, or which never ends: to be asked for again. */
  | { readonly kind: 'damaged' }
  | { readonly kind: 'interrupt' }
  /** Gdb asks for the last packet again. */
  | { readonly kind: 'again' };

/** Cuts what gdb sends, in pieces of any size, into packets. Acknowledgements and noise between packets are dropped. */
export class PacketReader {
  /** What came of a packet so far, with its `$`. */
  private begun = '';

  /** Takes what came next; gives what is complete. */
  read(text: string): Incoming[] {
    const found: Incoming[] = [];
    const all = this.begun + text;
    this.begun = '';
    for (let at = 0; at < all.length; ) {
      const character = all[at];
      if (character !== '$') {
        if (character === INTERRUPT) found.push({ kind: 'interrupt' });
        if (character === '-') found.push({ kind: 'again' });
        at++;
        continue;
      }
      const end = endOf(all, at);
      if (end === undefined) {
        this.begun = all.slice(at);
        break;
      }
      found.push(end.isWhole ? contentOf(all.slice(at, end.at)) : { kind: 'damaged' });
      at = end.at;
    }
    return found;
  }
}

/** Where a packet ends that begins at `start`; undefined if that is still to come. */
function endOf(text: string, start: number): { readonly at: number; readonly isWhole: boolean } | undefined {
  const longest = start + MAX_LENGTH + 1;
  const hash = text.indexOf('#', start + 1);
  const end = hash < 0 ? Infinity : hash + 3;
  const next = text.indexOf('$', start + 1);
  // `$` is escaped within a packet, so the end of this one got lost.
  if (next >= 0 && next < Math.min(end, longest)) return { at: next, isWhole: false };
  if (end <= Math.min(text.length, longest)) return { at: end, isWhole: true };
  return text.length >= longest ? { at: longest, isWhole: false } : undefined;
}

/** @param whole a packet from its `$` to its checksum */
function contentOf(whole: string): Incoming {
  const payload = whole.slice(1, -3);
  return whole.slice(-2).toLowerCase() === checksum(payload) ? { kind: 'packet', payload: unescape(payload) } : { kind: 'damaged' };
}

/** Makes a packet of a payload. */
export function packet(payload: string): string {
  const escaped = payload.replace(/[#$}*]/g, (character) => `}${String.fromCharCode(character.charCodeAt(0) ^ 0x20)}`);
  return `$${escaped}#${checksum(escaped)}`;
}

/** Bytes as hexadecimal digits, two each. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The other way round; undefined for anything but pairs of hexadecimal digits. */
export function fromHex(digits: string): Uint8Array | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return undefined;
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** A word as gdb sends a register: its bytes in the order in which they are in memory. */
export function wordToHex(value: number): string {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return toHex(bytes);
}

/** A string of bytes, one a character, as bytes. */
export function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** NaN for what is no number. */
export function hexNumber(digits: string): number {
  return /^-?[0-9a-f]+$/i.test(digits) ? parseInt(digits, 16) : NaN;
}

/** The text before the first separator, and the text behind it. */
export function split(text: string, separator: RegExp): string[] {
  const at = text.search(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function checksum(text: string): string {
  let sum = 0;
  for (let index = 0; index < text.length; index++) sum += text.charCodeAt(index);
  return (sum & 0xff).toString(16).padStart(2, '0');
}

function unescape(payload: string): string {
  return payload.replace(/\}([^])/g, (_, character: string) => String.fromCharCode(character.charCodeAt(0) ^ 0x20));
}
