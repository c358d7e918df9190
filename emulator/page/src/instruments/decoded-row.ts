import type { DecodedWord, Decoder } from '../../../src/board/decoder.js';
import { DECODER_FORMS, parseDecoder } from '../../../src/board/decoder-words.js';
import type { Edge } from '../../../src/board/events.js';
import type { Surface } from './chart.js';
import { formatDuration, formatMoment } from './duration.js';
import { TellUser } from './save.js';

/** A word is written out where it has so many pixels. */
const LEAST_WIDTH = 12;
const INSET = 5;
/** A byte at 50 baud. */
const LONGEST_WORD_NANOS = 200e6;

/** The row of the logic analyser with what a decoder reads off some pins, and the field that says which. */
export class DecodedRow {
  readonly field = document.createElement('input');

  private decoder: Decoder | undefined;
  private words: readonly DecodedWord[] = [];
  /** How many edges the words were made of, the last of them, and when. */
  private madeOf = -1;
  private lastEdge = 0;
  private madeAt = 0;

  constructor(onChange: () => void) {
    const { field } = this;
    field.className = 'filter decode';
    field.placeholder = 'Decode: uart GP4 115200';
    field.title = `What to decode: ${DECODER_FORMS}`;
    field.setAttribute('aria-label', 'Decode');
    field.spellcheck = false;
    field.addEventListener('change', () => {
      this.decoder = parseDecoder(field.value);
      this.clear();
      const isWrong = this.decoder === undefined && field.value.trim() !== '';
      field.setAttribute('aria-invalid', String(isWrong));
      if (isWrong) field.dispatchEvent(new TellUser(`'${field.value}' cannot be decoded: write ${DECODER_FORMS}.`));
      onChange();
    });
  }

  get isShown(): boolean {
    return this.decoder !== undefined;
  }

  get name(): string {
    return this.field.value.trim().split(/\s+/)[0]?.toUpperCase() ?? '';
  }

  clear(): void {
    this.words = [];
    this.madeOf = -1;
  }

  /** Decodes anew if there are new edges, or time has passed that ends a word. @param edgesOf what is remembered of the pins, in order of time */
  update(edgeCount: number, edgesOf: () => readonly Edge[], now: number): void {
    if (this.decoder === undefined || (edgeCount === this.madeOf && this.madeAt > this.lastEdge + LONGEST_WORD_NANOS)) return;
    const edges = edgesOf();
    [this.madeOf, this.madeAt, this.lastEdge] = [edgeCount, now, edges.at(-1)?.nanos ?? 0];
    this.words = this.decoder.decode(edges, now);
  }

  /** The pins that are decoded. */
  get pins(): readonly number[] {
    return this.decoder?.pins ?? [];
  }

  get summary(): string {
    const last = this.words.at(-1);
    return last === undefined ? `${this.name} has said nothing` : `${this.name} has said ${this.words.length} words, the last ${last.text}`;
  }

  describe(nanos: number, resolution: number): readonly string[] | undefined {
    const word = this.words[this.firstFrom(nanos)];
    if (word === undefined || word.start > nanos) return undefined;
    return [`${this.name}: ${word.text}`, `at ${formatMoment(word.start, resolution)}, for ${formatDuration(word.end - word.start)}`];
  }

  /** The moment of the word before or after a moment. */
  wordBeside(nanos: number, by: -1 | 1): number | undefined {
    if (by > 0) return this.words.find(({ start }) => start > nanos + 0.5)?.start;
    return this.words.filter(({ start }) => start < nanos - 0.5).at(-1)?.start;
  }

  draw({ context, palette, view, width, left, xOf }: Surface, top: number, height: number): void {
    context.fillStyle = palette.grid;
    context.fillRect(0, top + height - 1, width, 1);
    context.fillStyle = palette.text;
    context.fillText(this.name, 8, top + height / 2);
    let drawn = -Infinity;
    for (let index = this.firstFrom(view.start); index < this.words.length; index++) {
      const { start, end, text, isWrong } = this.words[index] as DecodedWord;
      if (start > view.end) break;
      const from = Math.max(left, Math.round(xOf(start)));
      const to = Math.min(width, Math.round(xOf(end)));
      if (to <= drawn) continue; // in the same column as the one before
      context.fillStyle = context.strokeStyle = isWrong ? palette.hog : palette.source;
      if (to - from < LEAST_WIDTH) {
        context.fillRect(from, top + INSET, Math.max(1, to - from), height - 2 * INSET);
      } else {
        context.lineWidth = 1;
        context.strokeRect(from + 0.5, top + INSET + 0.5, to - from - 2, height - 2 * INSET - 1);
        if (context.measureText(text).width < to - from - 6) context.fillText(text, from + 4, top + height / 2);
      }
      drawn = to;
    }
  }

  /** The first word that ends at or after a moment. */
  private firstFrom(nanos: number): number {
    let low = 0;
    let high = this.words.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.words[middle] as DecodedWord).end < nanos) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
