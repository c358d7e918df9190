import { type Edge, PIN_COUNT } from '../../../src/board/events.js';
import { edgesBetween } from '../../../src/board/edge-range.js';
import { formatVcdRange } from '../../../src/board/vcd.js';
import type { FrameReply } from '../protocol.js';
import { AXIS, button, Chart, type Surface } from './chart.js';
import { DecodedRow } from './decoded-row.js';
import { formatDuration, formatFrequency, formatMoment } from './duration.js';
import { bottomOf, layOut, type Row, rowAt, rowBeside, shorten } from './lanes.js';
import { LOGIC_CSS } from './logic-style.js';
import { filterField } from './filter-field.js';
import { NameFilter } from './name-filter.js';
import { PinTrace } from './pin-trace.js';
import { save } from './save.js';
import { describeMarks } from './time-marks.js';

const HEIGHT = 30;
const INSET = 7;
/** Without parts that tell which pins matter, no more than so many are shown. */
const SHOWN = 8;

/** The lane of what is decoded, which is no pin. */
const DECODED = -1;

/** A pin that something is connected to. */
export interface NamedPin {
  readonly pin: number;
  readonly name: string;
}

/** The levels of the pins over time, as a logic analyser shows them. */
export class LogicElement extends Chart {
  private readonly traces = Array.from({ length: PIN_COUNT }, (_, pin) => new PinTrace(pin));
  private readonly menu = document.createElement('details');
  private readonly choices = document.createElement('div');
  /** What the user chose; other pins are shown if they belong to a part. */
  private readonly chosen = new Map<number, boolean>();
  private readonly measured = document.createElement('span');
  private readonly decoded = new DecodedRow(() => this.decode());
  private filter = new NameFilter();
  private named: readonly NamedPin[] = [];
  private offered = '';
  private selected: number | undefined;
  private boot = -1;

  constructor() {
    super('Logic analyser');
    const style = document.createElement('style');
    style.textContent = LOGIC_CSS;
    const gap = document.createElement('span');
    gap.className = 'gap';
    const title = document.createElement('summary');
    title.textContent = 'Pins';
    this.choices.className = 'choices';
    this.menu.append(title, this.choices);
    this.menu.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape') return;
      this.menu.open = false;
      title.focus();
    });
    this.menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (relatedTarget instanceof Node && !this.menu.contains(relatedTarget)) this.menu.open = false;
    });
    this.measured.className = 'measured';
    const saveButton = button('Save VCD', 'Save what is shown, or selected, of all pins, for GTKWave and other viewers', () => save('uasync-pins.vcd', 'text/plain', this.dump()));
    this.toolbar.append(filterField('Find pins', (filter) => this.find(filter)), this.decoded.field, this.measured, gap, saveButton, this.menu);
    this.root.append(style);
    this.offerPins();
  }

  /** The pins of the board's parts, which are shown at first. */
  get pins(): readonly NamedPin[] {
    return this.named;
  }

  set pins(pins: readonly NamedPin[]) {
    this.named = pins;
    this.offerPins();
    this.redraw();
  }

  /** All edges that are remembered, in order of time. */
  edges(): Edge[] {
    const edges = this.traces.flatMap((trace) => [...trace.remembered()].map((edge) => ({ pin: trace.pin, ...edge })));
    return edges.sort((a, b) => a.nanos - b.nanos);
  }

  /** The value change dump of what is shown, or selected. */
  dump(): string {
    const { start, end } = this.exportRange;
    const notes = this.traces.flatMap((trace) => {
      const missed = trace.missedIn({ start, end });
      return [
        ...(missed === 0 ? [] : [`${missed} edges of GP${trace.pin} came too fast to be recorded`]),
        ...(trace.knownFrom > start ? [`edges of GP${trace.pin} before ${Math.round(trace.knownFrom)} ns are no longer remembered`] : []),
      ];
    });
    return formatVcdRange(edgesBetween(this.edges(), start, end), notes);
  }

  override showFrame(frame: FrameReply): void {
    if (frame.boot !== this.boot) this.clear();
    this.boot = frame.boot;
    frame.droppedEdges.forEach((count, pin) => this.traces[pin]?.miss(count));
    for (const { pin, nanos, level } of frame.edges) this.traces[pin]?.push(nanos, level);
    for (const trace of this.traces) trace.start(frame.levels[trace.pin] ?? 0);
    this.offerPins();
    this.setNow(frame.nanos);
    if (frame.tasks !== undefined) this.decode();
  }

  override clear(): void {
    for (let pin = 0; pin < PIN_COUNT; pin++) this.traces[pin] = new PinTrace(pin);
    this.decoded.clear();
    super.clear();
  }

  override get summary(): string {
    const pins = this.shown.map((pin) => `${this.nameOf(pin)} is ${this.traces[pin]?.levelAt(this.now) === 1 ? 'high' : 'low'}, ${this.edgesOf(pin)}`);
    const all = this.decoded.isShown ? [...pins, this.decoded.summary] : pins;
    return all.length === 0 ? 'No pins chosen.' : `${all.join('. ')}.`;
  }

  override moveRow(by: -1 | 1): void {
    const row = rowBeside(this.rows, this.selected, by);
    if (row === undefined) return;
    this.selected = row.lane;
    const nanos = Math.min(this.now, (this.view.start + this.view.end) / 2);
    this.tell(this.describePulse(row.lane, nanos), nanos, row.top + HEIGHT / 2);
  }

  override moveAlong(by: -1 | 1): void {
    const row = this.rows.find(({ lane }) => lane === this.selected);
    if (row === undefined) return this.moveRow(1);
    const from = this.pointer === undefined ? this.now : this.nanosAt(this.pointer.x);
    const nanos = row.lane === DECODED ? this.decoded.wordBeside(from, by) : this.traces[row.lane]?.edgeBeside(from, by);
    if (nanos === undefined) return;
    this.change(() => this.view.reveal(nanos));
    this.tell(this.describePulse(row.lane, nanos), nanos, row.top + HEIGHT / 2);
  }

  protected override onMarks(): void {
    this.measured.textContent = describeMarks(this.marks, this.resolution);
  }

  protected override snap(nanos: number, y: number, reach: number): number {
    const trace = this.traces[rowAt(this.rows, y)?.lane ?? -1];
    const edges = [trace?.edgeBeside(nanos, -1), trace?.edgeBeside(nanos, 1)].filter((edge) => edge !== undefined);
    const [nearest] = edges.sort((a, b) => Math.abs(a - nanos) - Math.abs(b - nanos));
    return nearest !== undefined && Math.abs(nearest - nanos) <= reach ? nearest : nanos;
  }

  protected override get contentHeight(): number {
    return bottomOf(this.rows, AXIS);
  }

  protected override paint(surface: Surface): void {
    for (const row of this.rows) {
      if (row.lane === DECODED) this.decoded.draw(surface, row.top, HEIGHT);
      else this.drawPin(surface, row);
    }
    if (this.rows.length > 0) return;
    surface.context.fillStyle = surface.palette.faint;
    surface.context.fillText(this.filter.text === '' ? 'No pin has changed yet.' : `No pin is called '${this.filter.text}'.`, 8, AXIS + 13);
  }

  protected override describe(x: number, y: number): readonly string[] | undefined {
    const row = rowAt(this.rows, y);
    if (row === undefined || x < this.left) return undefined;
    const nanos = this.nanosAt(x);
    if (row.lane === DECODED) return this.decoded.describe(nanos, this.resolution);
    return nanos > this.now || nanos < 0 ? undefined : this.describePulse(row.lane, nanos);
  }

  private describePulse(pin: number, nanos: number): readonly string[] {
    if (pin === DECODED) return this.decoded.describe(nanos, this.resolution) ?? [this.decoded.summary];
    const pulse = this.traces[pin]?.pulseAt(nanos);
    if (pulse === undefined) return [];
    if (pulse.level === 'forgotten') return ['Too long ago: no longer remembered'];
    if (pulse.level === 'unknown') return [`${this.nameOf(pin)} changed`, 'too fast to be recorded'];
    const lines = [`${this.nameOf(pin)} is ${pulse.level === 1 ? 'high' : 'low'} at ${formatMoment(nanos, this.resolution)}`];
    if (pulse.start !== undefined) {
      const length = formatDuration((pulse.end ?? this.now) - pulse.start);
      lines.push(pulse.end === undefined ? `for ${length} so far` : `pulse ${length}`);
    }
    if (pulse.period !== undefined) lines.push(`period ${formatDuration(pulse.period)}, ${formatFrequency(1e9 / pulse.period)}`);
    return lines;
  }

  private drawPin({ context, palette, view, left, width, columns }: Surface, { lane: pin, top }: Row<number>): void {
    const trace = this.traces[pin] as PinTrace;
    context.fillStyle = palette.grid;
    context.fillRect(0, top + HEIGHT - 1, width, 1);
    if (pin === this.selected) {
      context.fillStyle = palette.focus;
      context.fillRect(0, top, 3, HEIGHT - 1);
    }
    context.fillStyle = palette.text;
    context.fillText(shorten(this.nameOf(pin), left - 16, (text) => context.measureText(text).width), 8, top + HEIGHT / 2);

    const high = top + INSET;
    const low = top + HEIGHT - INSET;
    context.fillStyle = context.strokeStyle = palette.pin;
    context.lineWidth = 1.5;
    context.beginPath();
    let last: 0 | 1 | 'both' | undefined;
    for (const { start, end, level } of trace.wave(view, columns, this.now)) {
      const [from, to] = [left + start, left + end];
      if (level === 'both') {
        context.globalAlpha = 0.6;
        context.fillRect(from, high, to - from, low - high);
      } else {
        const y = level === 1 ? high : low;
        if (last === undefined || last === 'both') context.moveTo(from, y);
        else context.lineTo(from, y);
        context.lineTo(to, y);
        context.globalAlpha = 0.14;
        if (level === 1) context.fillRect(from, high, to - from, low - high);
      }
      context.globalAlpha = 1;
      last = level;
    }
    context.stroke();
  }

  private get rows(): readonly Row<number>[] {
    return layOut(this.decoded.isShown ? [DECODED, ...this.shown] : this.shown, AXIS, () => HEIGHT);
  }

  private get shown(): readonly number[] {
    const busy = this.traces.filter(({ edgeCount }) => edgeCount > 0).map(({ pin }) => pin);
    const atFirst = this.named.length > 0 ? this.named.map(({ pin }) => pin) : busy.slice(0, SHOWN);
    const all = Array.from({ length: PIN_COUNT }, (_, pin) => pin);
    // Who looks for a pin wants to see it, chosen before or not.
    if (this.filter.text !== '') return all.filter((pin) => this.filter.matches(this.nameOf(pin)));
    return all.filter((pin) => this.chosen.get(pin) ?? atFirst.includes(pin));
  }

  /** Reads what is to be decoded off what is remembered of its pins. */
  private decode(): void {
    const traces = this.decoded.pins.flatMap((pin) => this.traces[pin] ?? []);
    const count = traces.reduce((sum, { edgeCount }) => sum + edgeCount, 0);
    const edgesOf = (): Edge[] => traces.flatMap((trace) => [...trace.remembered()].map((edge) => ({ pin: trace.pin, ...edge }))).sort((a, b) => a.nanos - b.nanos);
    this.decoded.update(count, edgesOf, this.now);
    this.redraw();
  }

  private find(filter: NameFilter): void {
    this.filter = filter;
    this.redraw();
  }

  /** Offers the pins of the parts, and those that had edges. */
  private offerPins(): void {
    const pins = this.traces.filter(({ pin, edgeCount }) => edgeCount > 0 || this.named.some((named) => named.pin === pin)).map(({ pin }) => pin);
    const offered = pins.map((pin) => this.nameOf(pin)).join();
    if (offered === this.offered && this.choices.childElementCount > 0) return;
    this.offered = offered;
    if (pins.length === 0) this.choices.replaceChildren('No pin has changed yet.');
    else this.choices.replaceChildren(...pins.map((pin) => this.choiceOf(pin)));
  }

  private choiceOf(pin: number): HTMLElement {
    const label = document.createElement('label');
    const box = document.createElement('input');
    box.type = 'checkbox';
    box.checked = this.shown.includes(pin);
    box.addEventListener('change', () => {
      this.chosen.set(pin, box.checked);
      this.redraw();
    });
    label.append(box, ` ${this.nameOf(pin)}`);
    return label;
  }

  private nameOf(pin: number): string {
    const name = this.named.find((named) => named.pin === pin)?.name;
    return name === undefined ? `GP${pin}` : `GP${pin} ${name}`;
  }

  private edgesOf(pin: number): string {
    const count = this.traces[pin]?.edgeCount ?? 0;
    return count === 1 ? '1 edge' : `${count} edges`;
  }
}
