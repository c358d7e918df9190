import { printable } from '../printable.js';

/** More than any compiler writes for a firmware. What is longer has lost its end. */
const LONGEST = 8192;
/** A linker lets a text be the end of another, so together they may be longer than their section, but by far less than this. */
const MOST_TIMES = 8;

const decoder = new TextDecoder();

/**
 * The texts of a section, which others refer to by their offsets; each ends with a zero.
 *
 * In a damaged section any offset may begin a text that reaches to the end of the section. So no text is longer than a name can be, and
 * all of them together are no longer than a few times the section.
 */
export class StringTable {
  private readonly known = new Map<number, string>();
  private left: number;

  constructor(private readonly bytes: Uint8Array) {
    this.left = LONGEST + MOST_TIMES * bytes.length;
  }

  /** The text at an offset, printable; undefined if there is none, or the section is damaged. */
  at(offset: number): string | undefined {
    const known = this.known.get(offset);
    if (known !== undefined) return known;
    if (!(offset >= 0 && offset < this.bytes.length) || this.left <= 0) return undefined;
    const rest = this.bytes.subarray(offset, offset + LONGEST);
    const length = rest.indexOf(0);
    this.left -= length < 0 ? rest.length : length + 1;
    if (length < 0) return undefined;
    const text = printable(decoder.decode(rest.subarray(0, length)));
    this.known.set(offset, text);
    return text;
  }
}
