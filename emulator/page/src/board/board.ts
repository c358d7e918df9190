import type { NamedPin } from '../instruments/index.js';
import type { FrameReply, Request } from '../protocol.js';
import { Announcer } from './announcer.js';
import type { Board } from './board-file.js';
import { PageKeys } from './keys.js';
import { type SimulatedPart, simulatedOf } from './kinds/index.js';
import { type Layout, layOut } from './layout.js';
import { namedPinsOf } from './named-pins.js';
import { picoSvg } from './pico-svg.js';
import { LED_GPIO, pinOfGpio } from './pinout.js';
import { brightnessOf, Signals, stateOf } from './signals.js';
import { viewOf } from './views/index.js';
import type { PartEvents, PartView } from './views/part.js';
import { wirePath } from './wires.js';

const LED_NAME = `LED on GP${LED_GPIO}`;
const ANNOUNCE_MILLIS = 1000;
/** The names of pins are as large as this on the page, whatever the scale, as far as they have room. */
const TAG_PIXELS = 11.5;
const TAG_SIZES = { smallest: 10, largest: 17 };

/**
 * A Pico with parts around it. Sends a bubbling CustomEvent `request`, whose detail is a {@link Request}, for what somebody does to a part,
 * and one called `announce`, whose detail is a text, for what a lamp does.
 */
export class BoardElement extends HTMLElement {
  private board: Board = { parts: [] };
  private views: readonly PartView[] = [];
  private readonly stage = document.createElement('div');
  private readonly signals = new Signals();
  private readonly announcer = new Announcer();
  private readonly sizes = new ResizeObserver(() => this.arrange());
  private keys: PageKeys | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private boot = -1;
  private arrangedWidth = -1;
  private frame: FrameReply | undefined;
  /** The newest frame, with the newest of each display and reading: for parts that come later. */
  private latest: FrameReply | undefined;
  private isDrawing = false;
  private readonly shownShares = new Map<Element, number>();

  constructor() {
    super();
    this.stage.className = 'stage';
    this.stage.innerHTML = `<svg class="picture" role="group" aria-label="Raspberry Pi Pico"><g class="pico-place">${picoSvg()}</g><g class="wires" aria-hidden="true"></g></svg><div class="parts"></div>`;
  }

  connectedCallback(): void {
    this.append(this.stage);
    this.keys = new PageKeys();
    this.useKeys();
    this.sizes.observe(this);
    this.timer = setInterval(() => this.announce(), ANNOUNCE_MILLIS);
  }

  disconnectedCallback(): void {
    this.keys?.disconnect();
    this.sizes.disconnect();
    clearInterval(this.timer);
  }

  /** Puts these parts around the Pico, in place of those before. Parts that were there before, and are as they were, stay as somebody has left them. */
  setBoard(board: Board): void {
    if (board === this.board) return;
    const before = this.views;
    const known = new Map(this.board.parts.map((part, index) => [JSON.stringify(part), before[index]]));
    const events: PartEvents = {
      send: (detail) => this.dispatchEvent(new CustomEvent<Request>('request', { bubbles: true, detail })),
      note: (lamp, state) => this.announcer.note(lamp, state),
    };
    const kept = board.parts.map((part) => known.get(JSON.stringify(part)));
    if (kept.every((view) => view === undefined)) this.announcer.clear();
    for (const view of before) if (!kept.includes(view)) this.takeAway(view);
    this.views = board.parts.map((part, index) => kept[index] ?? viewOf(part, events));
    this.board = board;
    const { children } = this.find('.parts');
    this.views.forEach(({ element }, index) => {
      // One that is at its place already is not touched: it may have the focus.
      if (children[index] !== element) this.find('.parts').insertBefore(element, children[index] ?? null);
    });
    this.useKeys();
    this.arrangedWidth = -1;
    this.arrange();
    for (const view of this.views.filter((view) => !before.includes(view))) {
      view.connect?.();
      if (this.latest !== undefined) view.show?.(this.signals, this.latest);
    }
  }

  /** The pins that something is connected to, for those who want to look at them. */
  get namedPins(): readonly NamedPin[] {
    return namedPinsOf(this.board);
  }

  /** The parts that the emulator has to simulate. */
  get simulatedParts(): readonly SimulatedPart[] {
    return simulatedOf(this.board.parts);
  }

  /** Follows the pins and the displays. What costs time is put off to the next animation frame. */
  show(frame: FrameReply): void {
    if (frame.boot !== this.boot) {
      this.boot = frame.boot;
      this.latest = undefined;
      for (const view of this.views) view.powerOn?.();
    }
    this.signals.update(frame);
    this.latest = { ...frame, displays: newest(this.latest?.displays, frame.displays), readings: newest(this.latest?.readings, frame.readings) };
    this.frame = { ...frame, displays: newest(this.frame?.displays, frame.displays), readings: newest(this.frame?.readings, frame.readings) };
    if (this.isDrawing) return;
    this.isDrawing = true;
    requestAnimationFrame(() => this.draw());
  }

  private takeAway(view: PartView): void {
    for (const button of view.buttons) button.release();
    view.disconnect?.();
    view.element.remove();
  }

  private draw(): void {
    this.isDrawing = false;
    const { frame } = this;
    this.frame = undefined;
    if (frame === undefined) return;
    for (const dot of this.stage.querySelectorAll<SVGElement>('.pin-level')) {
      const share = this.signals.share(Number(dot.dataset['gpio']));
      if (this.isNew(dot, share)) dot.style.setProperty('--share', String(share));
    }
    const led = this.find('.pico-led');
    const share = this.signals.share(LED_GPIO);
    if (this.isNew(led, share)) {
      led.style.setProperty('--brightness', brightnessOf(share).toFixed(3));
      led.setAttribute('aria-label', `${LED_NAME}: ${stateOf(share)}`);
      this.announcer.note(LED_NAME, stateOf(share));
    }
    for (const view of this.views) view.show?.(this.signals, frame);
  }

  /** Whether an element shows something else so far. */
  private isNew(element: Element, share: number): boolean {
    if (this.shownShares.get(element) === share) return false;
    this.shownShares.set(element, share);
    return true;
  }

  /** Finds everything its place for the width that there is. */
  private arrange(): void {
    const width = Math.floor(this.clientWidth);
    if (width === 0 || width === this.arrangedWidth) return;
    this.arrangedWidth = width;
    const layout = layOut(this.views, width);
    this.drawPicture(layout);
    layout.parts.forEach(({ x, y, isBelow }, index) => this.views[index]?.place(x, y, isBelow));
  }

  private drawPicture({ width, height, pico, wires }: Layout): void {
    this.stage.style.height = `${height}px`;
    const picture = this.find('.picture');
    picture.setAttribute('viewBox', `0 0 ${width} ${height}`);
    picture.style.setProperty('--tag-size', `${Math.min(TAG_SIZES.largest, Math.max(TAG_SIZES.smallest, TAG_PIXELS / pico.scale))}px`);
    this.find('.pico-place').setAttribute('transform', `translate(${pico.x} ${pico.y}) scale(${pico.scale})`);
    const paths = wires.map(({ color, points }) => {
      const path = wirePath(points);
      return `<path d="${path}" class="wire-edge"/><path d="${path}" class="wire" stroke="${color}"/>`;
    });
    this.find('.wires').innerHTML = paths.join('');
    for (const tag of this.stage.querySelectorAll<SVGElement>('.pin-tag')) {
      const wire = wires.find(({ gpio }) => String(pinOfGpio(gpio)?.number) === tag.dataset['pin']);
      tag.classList.toggle('wired', wire !== undefined);
      tag.style.setProperty('--wire', wire?.color ?? '');
    }
  }

  private useKeys(): void {
    const buttons = this.views.flatMap((view) => view.buttons);
    this.keys?.use(new Map(buttons.flatMap((button) => (button.key === undefined ? [] : [[button.key, button] as const]))));
  }

  private announce(): void {
    const detail = this.announcer.tell();
    if (detail !== '') this.dispatchEvent(new CustomEvent<string>('announce', { bubbles: true, detail }));
  }

  private find(selector: string): HTMLElement {
    return this.stage.querySelector<HTMLElement>(selector) as HTMLElement;
  }
}

/** Of each part the newest. */
function newest<T extends { readonly id: string }>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return [...new Map([...(before ?? []), ...now].map((item) => [item.id, item])).values()];
}

customElements.define('uasync-board', BoardElement);

declare global {
  interface HTMLElementTagNameMap {
    'uasync-board': BoardElement;
  }
}
