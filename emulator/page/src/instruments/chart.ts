import type { FrameReply } from '../protocol.js';
import { type ChartInput, listen } from './chart-input.js';
import { CHART_CSS } from './chart-style.js';
import { drawMarks } from './marks-drawing.js';
import { formatDuration } from './duration.js';
import type { Instrument } from './instrument.js';
import { shorten } from './lanes.js';
import { type Palette, PALETTE_CSS, PaletteReader } from './palette.js';
import { ticksOf } from './ticks.js';
import { describeMarks, type MarkName, markNear, type MarksState, NO_MARKS, rangeOf } from './time-marks.js';
import { type TimeSpan, TimeView, type ViewState } from './time-view.js';

/** The height of the axis, at the top. */
export const AXIS = 22;
/** How often the text for screen readers changes at most, in milliseconds. */
const SUMMARY_EVERY = 1000;
/** Pixels that a label of the axis needs. */
const LABEL_SPACING = 92;
const ZOOM_STEP = 2;
/** How near, in pixels, the pointer has to be to a cursor to take hold of it, or to an edge to mean it. */
const REACH = 5;

/** What a chart draws on, and where. Coordinates are CSS pixels. */
export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  /** Where the axis of time begins; names are to its left. */
  readonly left: number;
  /** Columns of pixels of the axis. */
  readonly columns: number;
  readonly view: TimeView;
  xOf(nanos: number): number;
}

/** Something with an axis of time on which one can move about: what the timeline and the logic analyser have in common. */
export abstract class Chart extends HTMLElement implements Instrument, ChartInput {
  protected readonly root = this.attachShadow({ mode: 'open' });
  protected readonly toolbar = document.createElement('div');
  protected readonly view = new TimeView();
  protected now = 0;
  protected marks = NO_MARKS;
  /** Where the pointer is, in pixels of the canvas; undefined if it is elsewhere. */
  protected pointer: { readonly x: number; readonly y: number } | undefined;

  private readonly canvas = document.createElement('canvas');
  private readonly frame = document.createElement('div');
  private readonly tooltip = document.createElement('div');
  private readonly spoken = document.createElement('div');
  private readonly followButton = button('Follow', 'Follow the present (End)', () => this.change(() => this.view.follow()));
  private readonly selectButton = button('Select', 'Drag to select a stretch of time, as with Shift; or press A and B', () => this.toggleSelecting());
  private grabbed: MarkName = 'b';
  private readonly palette: PaletteReader;
  private isDrawn = true;
  private spokenAt = -Infinity;
  private observers: { disconnect(): void }[] = [];

  protected constructor(what: string) {
    super();
    const style = document.createElement('style');
    style.textContent = PALETTE_CSS + CHART_CSS;
    this.toolbar.className = 'toolbar';
    this.toolbar.setAttribute('role', 'toolbar');
    this.toolbar.setAttribute('aria-label', `${what}: view`);
    this.toolbar.append(
      button('−', 'Show more time (-)', () => this.zoom(1 / ZOOM_STEP), 'Zoom out'),
      button('+', 'Show less time (+)', () => this.zoom(ZOOM_STEP), 'Zoom in'),
      button('All', 'Show everything (Home)', () => this.change(() => this.view.showAll())),
      this.followButton,
      this.selectButton,
    );
    this.selectButton.setAttribute('aria-pressed', 'false');
    this.frame.className = 'frame';
    this.tooltip.className = 'tooltip';
    this.tooltip.hidden = true;
    this.spoken.className = 'spoken';
    this.spoken.setAttribute('aria-live', 'polite');
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute('role', 'application');
    this.canvas.setAttribute('aria-roledescription', what.toLowerCase());
    this.frame.append(this.canvas);
    this.root.append(style, this.toolbar, this.frame, this.tooltip, this.spoken);
    this.palette = new PaletteReader(this.root);
    this.frame.addEventListener('scroll', () => this.redraw());
    listen(this.canvas, this);
  }

  connectedCallback(): void {
    const resized = new ResizeObserver(() => this.redraw());
    resized.observe(this.frame);
    // A page may switch its colours by an attribute of its root.
    const recoloured = new MutationObserver(() => this.redraw());
    recoloured.observe(document.documentElement, { attributes: true });
    const preferred = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => this.redraw();
    preferred.addEventListener('change', redraw);
    this.observers = [resized, recoloured, { disconnect: () => preferred.removeEventListener('change', redraw) }];
    this.redraw();
  }

  disconnectedCallback(): void {
    for (const observer of this.observers) observer.disconnect();
    this.observers = [];
  }

  abstract showFrame(frame: FrameReply): void;

  clear(): void {
    this.now = 0;
    this.marksState = NO_MARKS;
    this.view.clear();
    this.spokenAt = -Infinity;
    this.redraw();
  }

  /** What is shown, to be shown by another instrument too; a change by the user dispatches `view-change`. */
  get viewState(): ViewState {
    return this.view.state;
  }

  set viewState(state: ViewState) {
    this.view.state = state;
    this.redraw();
  }

  /** Where the two cursors are; a change by the user dispatches `marks-change`. */
  get marksState(): MarksState {
    return this.marks;
  }

  set marksState(state: MarksState) {
    this.marks = state;
    this.onMarks();
    this.redraw();
  }

  /** What it shows, in words. */
  abstract get summary(): string;

  /** Draws everything but the axis and the tooltip. */
  protected abstract paint(surface: Surface): void;

  /** The height that the rows and the axis need. */
  protected abstract get contentHeight(): number;

  /** What is to be said of a place, a line each; undefined where there is nothing. */
  protected abstract describe(x: number, y: number): readonly string[] | undefined;

  /** The cursors have moved. */
  protected abstract onMarks(): void;

  /** The moment nearby at which something changes on the row at a height, so that one can measure from edge to edge; else the moment itself. */
  protected abstract snap(nanos: number, y: number, reach: number): number;

  /** Goes to the row above or below. */
  abstract moveRow(by: -1 | 1): void;

  /** Goes to the thing before or after on the row. */
  abstract moveAlong(by: -1 | 1): void;

  protected setNow(nanos: number): void {
    this.now = nanos;
    this.view.setNow(nanos);
    this.redraw();
  }

  /** Draws with the next frame of the display. */
  protected redraw(): void {
    if (!this.isDrawn || !this.isConnected) return;
    this.isDrawn = false;
    requestAnimationFrame(() => {
      this.isDrawn = true;
      this.draw();
    });
  }

  /** Has a screen reader say something, and shows it beside a place. */
  protected tell(lines: readonly string[], nanos: number, y: number): void {
    this.pointer = { x: this.xOf(nanos), y };
    this.spoken.textContent = lines.join('. ');
    this.redraw();
  }

  /** Changes what is shown, on behalf of the user. */
  change(action: () => void): void {
    action();
    this.redraw();
    this.dispatchEvent(new CustomEvent<ViewState>('view-change', { detail: this.view.state }));
  }

  zoom(factor: number, x = this.left + this.columns / 2): void {
    this.change(() => this.view.zoom(factor, this.nanosAt(x)));
  }

  pan(pixels: number): void {
    this.change(() => this.view.pan((pixels * (this.view.end - this.view.start)) / Math.max(1, this.columns)));
  }

  showAll(): void {
    this.change(() => this.view.showAll());
  }

  follow(): void {
    this.change(() => this.view.follow());
  }

  point(place: { readonly x: number; readonly y: number } | undefined): void {
    this.pointer = place;
    this.redraw();
  }

  grab({ x, y }: { readonly x: number; readonly y: number }, isShifted: boolean): boolean {
    const near = markNear(this.marks, this.nanosAt(x), this.reach);
    if (near !== undefined) this.grabbed = near;
    else if (!isShifted && !this.isSelecting) return false;
    else this.startSelecting(this.snap(this.nanosAt(x), y, this.reach));
    return true;
  }

  drag({ x, y }: { readonly x: number; readonly y: number }): void {
    const nanos = this.snap(this.nanosAt(Math.max(this.left, x)), y, this.reach);
    this.changeMarks({ ...this.marks, [this.grabbed]: nanos });
  }

  mark(name: MarkName): void {
    const { pointer } = this;
    const nanos = pointer === undefined ? (this.view.start + Math.min(this.now, this.view.end)) / 2 : this.snap(this.nanosAt(pointer.x), pointer.y, this.reach);
    this.changeMarks({ ...this.marks, [name]: Math.max(0, nanos) });
    this.spoken.textContent = describeMarks(this.marks, this.resolution);
  }

  clearMarks(): void {
    this.changeMarks(NO_MARKS);
  }

  /** The stretch of time to be saved: what is selected, else what is shown, up to the present. */
  protected get exportRange(): TimeSpan {
    const { start, end } = rangeOf(this.marks) ?? this.view;
    return { start, end: Math.max(start, Math.min(end, this.now)) };
  }

  /** How exactly a moment can be told at this scale, in nanoseconds. */
  protected get resolution(): number {
    return Math.max(1, (this.view.end - this.view.start) / 1e4);
  }

  private get reach(): number {
    return (REACH * (this.view.end - this.view.start)) / this.columns;
  }

  private get isSelecting(): boolean {
    return this.selectButton.getAttribute('aria-pressed') === 'true';
  }

  private toggleSelecting(): void {
    this.selectButton.setAttribute('aria-pressed', String(!this.isSelecting));
  }

  /** The second click after a first one gives the other end; every other begins anew. */
  private startSelecting(nanos: number): void {
    const { a, b } = this.marks;
    const isSecond = a !== undefined && b === undefined;
    this.grabbed = 'b';
    this.changeMarks(isSecond ? { a, b: nanos } : { a: nanos, b: undefined });
  }

  private changeMarks(state: MarksState): void {
    this.marksState = state;
    this.dispatchEvent(new CustomEvent<MarksState>('marks-change', { detail: state }));
  }

  /** The width of the axis, in pixels. */
  get columns(): number {
    return Math.max(1, Math.floor(this.frame.clientWidth) - this.left);
  }

  protected get left(): number {
    return Math.round(Math.min(150, Math.max(84, this.frame.clientWidth * 0.2)));
  }

  protected nanosAt(x: number): number {
    return this.view.start + ((x - this.left) / this.columns) * (this.view.end - this.view.start);
  }

  protected xOf(nanos: number): number {
    return this.left + ((nanos - this.view.start) / (this.view.end - this.view.start)) * this.columns;
  }

  private draw(): void {
    const width = Math.floor(this.frame.clientWidth);
    const height = Math.max(AXIS + 24, this.contentHeight);
    if (width === 0) return;
    const ratio = devicePixelRatio;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.height = `${height}px`;
    }
    const context = this.canvas.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `12px ${getComputedStyle(this).fontFamily}`;
    context.textBaseline = 'middle';
    const { left, columns, view } = this;
    const surface: Surface = { context, palette: this.palette.read(), width, height, left, columns, view, xOf: (nanos) => this.xOf(nanos) };
    this.drawGrid(surface);
    this.paint(surface);
    this.drawAxis(surface);
    drawMarks(surface, this.marks, this.frame.scrollTop);
    this.drawPointer(surface);
    this.followButton.setAttribute('aria-pressed', String(view.state.following));
    this.describeAll();
  }

  private drawGrid({ context, palette, height, left, columns, view }: Surface): void {
    context.fillStyle = palette.grid;
    for (const { nanos } of ticksOf(view, columns, LABEL_SPACING)) {
      const x = Math.round(this.xOf(nanos));
      if (x >= left) context.fillRect(x, AXIS, 1, height - AXIS);
    }
  }

  /** At the top of what is seen, wherever it is scrolled to. */
  private drawAxis({ context, palette, width, left, columns, view }: Surface): void {
    const top = this.frame.scrollTop;
    context.fillStyle = palette.panel;
    context.fillRect(0, top, width, AXIS);
    context.fillStyle = palette.faint;
    for (const { nanos, label } of ticksOf(view, columns, LABEL_SPACING)) {
      const x = Math.round(this.xOf(nanos));
      if (x < left) continue;
      context.fillRect(x, top + AXIS - 5, 1, 5);
      if (x + context.measureText(label).width + 4 < width) context.fillText(label, x + 4, top + AXIS / 2);
    }
    context.fillText(shorten(formatDuration(view.end - view.start), left - 12, (text) => context.measureText(text).width), 6, top + AXIS / 2);
    context.fillStyle = palette.line;
    context.fillRect(0, top + AXIS - 1, width, 1);
  }

  private drawPointer({ context, palette, height, left, width }: Surface): void {
    const { pointer, tooltip } = this;
    const lines = pointer === undefined ? undefined : this.describe(pointer.x, pointer.y);
    if (pointer !== undefined && pointer.x >= left) {
      context.fillStyle = palette.focus;
      context.fillRect(Math.round(pointer.x), AXIS, 1, height - AXIS);
    }
    tooltip.hidden = lines === undefined;
    if (pointer === undefined || lines === undefined) return;
    const text = lines.join('\n');
    if (tooltip.textContent !== text) tooltip.textContent = text;
    const top = this.frame.offsetTop + pointer.y - this.frame.scrollTop;
    const box = tooltip.getBoundingClientRect();
    const toTheRight = pointer.x + 14 + box.width <= width;
    tooltip.style.left = `${Math.max(0, toTheRight ? pointer.x + 14 : pointer.x - 14 - box.width)}px`;
    tooltip.style.top = `${top + 16}px`;
  }

  private describeAll(): void {
    const now = performance.now();
    if (now - this.spokenAt < SUMMARY_EVERY) return;
    this.spokenAt = now;
    this.canvas.setAttribute('aria-label', this.summary);
  }
}

/** A button of a toolbar. */
export function button(text: string, title: string, action: () => void, label?: string): HTMLButtonElement {
  const result = document.createElement('button');
  result.type = 'button';
  result.textContent = text;
  result.title = title;
  if (label !== undefined) result.setAttribute('aria-label', label);
  result.addEventListener('click', action);
  return result;
}
