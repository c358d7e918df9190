import type { MarkName } from './time-marks.js';

/** What the user can do to a chart. */
export interface ChartInput {
  /** The width of the axis, in pixels. */
  readonly columns: number;
  /** Shows `1 / factor` as much time; `x` stays where it is. */
  zoom(factor: number, x?: number): void;
  pan(pixels: number): void;
  showAll(): void;
  follow(): void;
  /** The pointer is there; undefined: it has gone. */
  point(place: { readonly x: number; readonly y: number } | undefined): void;
  /** Takes hold of a cursor, or begins to select; false if the pointer is to move what is shown. */
  grab(place: { readonly x: number; readonly y: number }, isShifted: boolean): boolean;
  /** What was taken hold of comes along. */
  drag(place: { readonly x: number; readonly y: number }): void;
  /** Puts a cursor where the pointer is, or in the middle. */
  mark(name: MarkName): void;
  clearMarks(): void;
  /** Goes to the row above or below. */
  moveRow(by: -1 | 1): void;
  /** Goes to the thing before or after on the row. */
  moveAlong(by: -1 | 1): void;
}

/** The share of what is seen by which an arrow key moves. */
const KEY_PAN = 0.15;
const KEY_ZOOM = 2;
/** One notch of a wheel counts 100 in most browsers, and should zoom by about a third. */
const WHEEL_ZOOM = 0.003;

/**
 * Turns what pointers, wheel and keys do on a canvas into moves of a chart.
 *
 * The wheel alone scrolls the page, unless the chart has the focus: nobody wants to be caught in it on the way down. With the control
 * key, which is also how browsers tell of two fingers on a touch pad, it always zooms.
 */
export function listen(canvas: HTMLCanvasElement, chart: ChartInput): void {
  const pointers = new Map<number, { x: number; y: number }>();
  let grabbed: number | undefined;

  canvas.addEventListener('wheel', (event) => {
    const { x } = placeOf(event);
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) chart.pan(event.deltaX || event.deltaY);
    else if (event.ctrlKey || canvas.matches(':focus')) chart.zoom(Math.exp(-event.deltaY * WHEEL_ZOOM), x);
    else return;
    event.preventDefault();
  }, { passive: false });

  canvas.addEventListener('pointerdown', (event) => {
    pointers.set(event.pointerId, placeOf(event));
    grabbed = pointers.size === 1 && chart.grab(placeOf(event), event.shiftKey) ? event.pointerId : undefined;
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const place = placeOf(event);
    const before = pointers.get(event.pointerId);
    chart.point(place);
    if (before === undefined) return;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, place);
    if (grabbed === event.pointerId) {
      if (place.x !== before.x) chart.drag(place);
      return;
    }
    if (other === undefined) {
      if (place.x !== before.x) chart.pan(before.x - place.x);
      return;
    }
    const [apart, apartBefore] = [Math.abs(place.x - other.x), Math.abs(before.x - other.x)];
    if (apart > 8 && apartBefore > 8) chart.zoom(apart / apartBefore, (place.x + other.x) / 2);
  });
  for (const type of ['pointerup', 'pointercancel'] as const) {
    canvas.addEventListener(type, ({ pointerId }) => {
      pointers.delete(pointerId);
      if (grabbed === pointerId) grabbed = undefined;
    });
  }
  canvas.addEventListener('pointerleave', () => chart.point(undefined));
  canvas.addEventListener('blur', () => chart.point(undefined));

  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const action = actionOf(event.key.length === 1 ? event.key.toLowerCase() : event.key, event.shiftKey, chart);
    if (action === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  });
}

function actionOf(key: string, isShifted: boolean, chart: ChartInput): (() => void) | undefined {
  switch (key) {
    case '+':
    case '=':
      return () => chart.zoom(KEY_ZOOM);
    case '-':
      return () => chart.zoom(1 / KEY_ZOOM);
    case 'ArrowLeft':
      return () => (isShifted ? chart.moveAlong(-1) : chart.pan(-chart.columns * KEY_PAN));
    case 'ArrowRight':
      return () => (isShifted ? chart.moveAlong(1) : chart.pan(chart.columns * KEY_PAN));
    case 'ArrowUp':
      return () => chart.moveRow(-1);
    case 'ArrowDown':
      return () => chart.moveRow(1);
    case 'Home':
      return () => chart.showAll();
    case 'End':
      return () => chart.follow();
    case 'a':
    case 'b':
      return () => chart.mark(key);
    case 'Delete':
    case 'Backspace':
      return () => chart.clearMarks();
    case 'Escape':
      return () => chart.point(undefined);
    default:
      return undefined;
  }
}

function placeOf({ offsetX, offsetY }: MouseEvent): { x: number; y: number } {
  return { x: offsetX, y: offsetY };
}
