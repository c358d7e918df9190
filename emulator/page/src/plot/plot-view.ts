import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './plot.css';
import { formatDuration, formatMoment } from '../instruments/duration.js';
import type { ConsoleChunk } from './backlog.js';
import { ConsoleReader } from './console-reader.js';
import { Curves, type Table } from './curves.js';
import { Legend } from './legend.js';

const HEIGHT = 200;
/** Between two drawings; nobody reads numbers that change faster. */
const DRAW_MILLIS = 100;
/** Many curves take long to draw, and others need the processor too: a pause after a drawing is so many times as long as it took. */
const PAUSES = 4;
const LABEL_SPACING = 75;
/** Each colour of the legend is used twice: for a line, and for one of dashes. */
const COLOURS = 6;
const DASHES = [6, 4];
/** Where the cursor is when it is nowhere. */
const AWAY = { left: -10, top: -10 };
const HELP = 'No numbers yet. Lines such as “temperature: 23.5 C, humidity: 40 %”, “t=23.5 u=40” or “23.5 40” are drawn.';

/** Draws the numbers that the firmware prints over simulated time, a curve for each name. */
export class PlotView {
  private readonly reader = new ConsoleReader();
  private readonly curves = new Curves();
  private readonly chart = document.createElement('div');
  private readonly note = document.createElement('p');
  private readonly spoken = document.createElement('div');
  private readonly legend = new Legend((index) => this.plot?.setSeries(index + 1, { show: this.legend.isShown(index) }));
  private plot: uPlot | undefined;
  private table: Table = { nanos: new Float64Array(), values: [] };
  private boot = -1;
  private drawMillis = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly element: HTMLElement) {
    this.chart.className = 'chart';
    this.chart.tabIndex = 0;
    this.chart.setAttribute('role', 'application');
    this.chart.setAttribute('aria-roledescription', 'plot');
    this.chart.addEventListener('keydown', (event) => this.onKey(event));
    this.chart.addEventListener('blur', () => this.plot?.setCursor(AWAY));
    this.note.className = 'note';
    this.spoken.className = 'spoken';
    this.spoken.setAttribute('aria-live', 'polite');
    element.append(this.legend.element, this.chart, this.note, this.spoken);
    new ResizeObserver(() => this.resize()).observe(this.chart);
    new MutationObserver(() => this.rebuild()).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  }

  /** After it was hidden, with what was added since. */
  show(): void {
    this.draw();
    this.rebuild();
  }

  add(chunks: readonly ConsoleChunk[]): void {
    for (const { boot, bytes, pieces, isAfterGap } of chunks) {
      if (boot !== this.boot) this.reader.clear();
      this.boot = boot;
      if (isAfterGap) this.reader.skip();
      for (const line of this.reader.read(bytes, pieces)) if (this.curves.add(line)) this.drawSoon();
    }
  }

  clear(): void {
    this.curves.clear();
    this.draw();
  }

  private drawSoon(): void {
    this.timer ??= setTimeout(() => this.draw(), Math.max(DRAW_MILLIS, PAUSES * this.drawMillis));
  }

  private draw(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.element.hidden) return;
    const start = performance.now();
    this.table = this.curves.table();
    const { all } = this.curves;
    const hasCurves = all.length > 0;
    this.chart.hidden = !hasCurves;
    this.note.textContent = hasCurves ? this.curves.omitted : HELP;
    this.chart.setAttribute('aria-label', this.summary);
    if (this.legend.setNames(all.map(({ name }) => name))) this.rebuild();
    else this.plot?.setData(this.data);
    this.showValues();
    // uPlot draws once everything has been said.
    queueMicrotask(() => (this.drawMillis = performance.now() - start));
  }

  /** What it shows, in words. */
  private get summary(): string {
    const { all } = this.curves;
    const { nanos } = this.table;
    const time = formatDuration((nanos.at(-1) ?? 0) - (nanos[0] ?? 0));
    return `${all.length} ${all.length === 1 ? 'curve' : 'curves'} over ${time}: ${all.map(({ name, newest }) => `${name} is ${formatValue(newest)}`).join(', ')}.`;
  }

  private get data(): uPlot.AlignedData {
    return [Array.from(this.table.nanos, (nanos) => nanos / 1e9), ...this.table.values.map((values) => [...values])];
  }

  /** Makes the chart anew: with other curves, or other colours. */
  private rebuild(): void {
    this.plot?.destroy();
    this.plot = undefined;
    if (this.table.values.length === 0 || this.element.hidden) return;
    const style = getComputedStyle(this.chart);
    const axis = {
      stroke: style.getPropertyValue('--text-muted'),
      grid: { stroke: style.getPropertyValue('--line'), width: 1 },
      ticks: { stroke: style.getPropertyValue('--line'), width: 1, size: 5 },
      font: `12px ${style.fontFamily}`,
    };
    const series = this.curves.all.map(({ name }, index) => ({
      label: name,
      show: this.legend.isShown(index),
      stroke: this.legend.colourOf(index),
      width: 1.5,
      dash: index < COLOURS ? [] : DASHES,
      spanGaps: true,
    }));
    this.plot = new uPlot({
      width: this.width,
      height: HEIGHT,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false } },
      scales: { x: { time: false, range: (_, least, most) => (least < most ? [least, most] : [least - 0.5, least + 0.5]) } },
      axes: [
        { ...axis, space: LABEL_SPACING, size: 28, values: (_, marks) => marks.map((seconds) => `${formatValue(seconds)} s`) },
        { ...axis, values: (_, marks) => marks.map(formatValue), size: (_, labels) => 16 + 7 * Math.max(3, ...(labels ?? []).map(({ length }) => length)) },
      ],
      series: [{}, ...series],
      hooks: { setCursor: [() => this.showValues()] },
    }, this.data, this.chart);
  }

  private resize(): void {
    if (this.width > 0) this.plot?.setSize({ width: this.width, height: HEIGHT });
  }

  private get width(): number {
    return this.chart.clientWidth;
  }

  /** Shows the values under the cursor, or the newest. */
  private showValues(): void {
    const { cursor } = this.plot ?? {};
    const index = cursor?.idx ?? undefined;
    if (index === undefined) {
      this.legend.showValues('now', this.curves.all.map(({ newest }) => formatValue(newest)));
      return;
    }
    // Of each curve, where it has a value nearby.
    const values = this.table.values.map((column, curve) => column[cursor?.idxs?.[curve + 1] ?? index]);
    this.legend.showValues(this.momentOf(index), values.map((value) => (value === undefined ? '–' : formatValue(value))));
  }

  private momentOf(index: number): string {
    const { nanos } = this.table;
    return formatMoment(nanos[index] ?? 0, Math.max(1, ((nanos.at(-1) ?? 0) - (nanos[0] ?? 0)) / 1e3));
  }

  private onKey(event: KeyboardEvent): void {
    const { plot } = this;
    const last = this.table.nanos.length - 1;
    if (plot === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = plot.cursor.idx ?? undefined;
    const step = event.shiftKey ? 10 : 1;
    const wanted = {
      ArrowLeft: at === undefined ? last : Math.max(0, at - step),
      ArrowRight: at === undefined ? 0 : Math.min(last, at + step),
      Home: 0,
      End: last,
      Escape: -1,
    }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    if (wanted < 0) {
      plot.setCursor(AWAY);
      return;
    }
    plot.setCursor({ left: plot.valToPos((this.table.nanos[wanted] as number) / 1e9, 'x'), top: 0 });
    this.spoken.textContent = this.legend.text;
  }
}

/** To seven digits, of which no sensor has more. */
function formatValue(value: number): string {
  return String(Number(value.toPrecision(7)));
}
