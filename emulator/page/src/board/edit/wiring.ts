import { BOARD_PINS } from '../pinout.js';
import { nameOf, type PinChoice } from './pin-search.js';

/** The end of a wire at a part. */
export interface WireStart {
  readonly id: string;
  readonly field: string;
}

export interface WiringEvents {
  /** A wire is drawn from here: what becomes of it at each pin. */
  begin(start: WireStart): readonly PinChoice[];
  /** It was led to a pin that it can be led to. */
  connect(start: WireStart, gpio: number): void;
  /** It was led to one that it cannot. */
  refuse(reason: string): void;
}

/** A wire under way. */
interface Wire {
  readonly start: WireStart;
  readonly choices: ReadonlyMap<number, PinChoice>;
  readonly from: { readonly x: number; readonly y: number };
  /** It follows the pointer though no button is down, until a click. */
  isCarried: boolean;
}

/** As far as this, a pointer that is pressed and let go is a click. */
const CLICK_PIXELS = 6;
/** A pin's name is so small on a narrow screen that what is beside it counts, too. */
const REACH_PIXELS = 9;
const NOTE_ROOM = 190;

/** Leads wires with the pointer: dragged from a terminal of a part to a pin, or after a click on either. */
export class Wiring {
  private readonly overlay = document.createElement('div');
  private readonly path: SVGPathElement;
  private readonly note: HTMLElement;
  private wire: Wire | undefined;
  private isOn = false;

  constructor(
    private readonly board: HTMLElement,
    private readonly events: WiringEvents,
  ) {
    this.overlay.className = 'wiring';
    this.overlay.setAttribute('aria-hidden', 'true');
    this.overlay.innerHTML = '<svg><path/></svg><span></span>';
    this.path = this.overlay.querySelector('path') as SVGPathElement;
    this.note = this.overlay.querySelector('span') as HTMLElement;
    board.addEventListener('pointerdown', (event) => this.press(event));
    document.addEventListener('pointermove', (event) => this.move(event));
    document.addEventListener('pointerup', (event) => this.letGo(event));
    document.addEventListener('pointercancel', () => this.end());
    document.addEventListener('pointerdown', (event) => {
      if (!event.composedPath().includes(board)) this.end(); // what was pressed may be gone by now
    });
  }

  set isEnabled(isOn: boolean) {
    this.isOn = isOn;
    if (!isOn) this.end();
  }

  get isBusy(): boolean {
    return this.wire !== undefined;
  }

  /** Gives the wire up. */
  end(): void {
    this.wire = undefined;
    this.overlay.remove();
    this.board.classList.remove('wiring-now');
    for (const tag of this.tags()) tag.classList.remove('possible', 'impossible', 'target');
  }

  private press(event: PointerEvent): void {
    if (!this.isOn || event.button !== 0) return;
    const terminal = event.target instanceof Element ? event.target.closest<HTMLElement>('.terminal[data-field]') : null;
    const id = terminal?.closest<HTMLElement>('.part')?.dataset['part'];
    const field = terminal?.dataset['field'];
    if (id !== undefined && field !== undefined) {
      event.preventDefault(); // no text is to be selected
      // What is being typed in a form comes first: it may change the part.
      if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
      this.begin({ id, field });
      this.move(event);
    } else if (this.wire?.isCarried === true) {
      event.preventDefault();
      this.lead(event);
    }
  }

  private begin(start: WireStart): void {
    this.end();
    const terminal = this.board.querySelector(`.part[data-part="${CSS.escape(start.id)}"] > .terminal[data-field="${CSS.escape(start.field)}"]`);
    if (terminal === null) return;
    const choices = new Map(this.events.begin(start).map((choice) => [choice.gpio, choice]));
    const { left, width, top, bottom } = terminal.getBoundingClientRect();
    const stage = this.stage.getBoundingClientRect();
    const isBelow = terminal.closest('.below') !== null;
    this.wire = { start, choices, from: { x: left + width / 2 - stage.left, y: (isBelow ? top - 5 : bottom + 5) - stage.top }, isCarried: false };
    this.overlay.style.setProperty('--wire', getComputedStyle(terminal).getPropertyValue('--wire'));
    this.stage.append(this.overlay);
    this.board.classList.add('wiring-now');
    for (const tag of this.tags()) {
      const gpio = gpioOf(tag);
      const isPossible = gpio !== undefined && choices.get(gpio)?.part !== undefined;
      tag.classList.add(isPossible ? 'possible' : 'impossible');
    }
  }

  private move(event: PointerEvent): void {
    const { wire } = this;
    if (wire === undefined) return;
    const { left, top, width } = this.stage.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    this.path.setAttribute('d', `M${wire.from.x} ${wire.from.y}L${x} ${y}`);
    const pin = this.pinAt(event);
    for (const tag of this.tags()) tag.classList.toggle('target', tag === pin);
    this.note.textContent = pin === undefined ? '' : this.words(wire, pin);
    this.note.style.left = `${Math.max(0, Math.min(x + 14, width - NOTE_ROOM))}px`;
    this.note.style.top = `${y + 18}px`;
  }

  private letGo(event: PointerEvent): void {
    const { wire } = this;
    if (wire === undefined || wire.isCarried) return;
    const { left, top } = this.stage.getBoundingClientRect();
    const isClick = Math.hypot(event.clientX - left - wire.from.x, event.clientY - top - wire.from.y) < CLICK_PIXELS + 12 && this.pinAt(event) === undefined;
    if (isClick) wire.isCarried = true;
    else this.lead(event);
  }

  /** The wire is led to where the pointer is. */
  private lead(event: PointerEvent): void {
    const { wire } = this;
    const pin = this.pinAt(event);
    this.end();
    if (wire === undefined || pin === undefined) return;
    const gpio = gpioOf(pin);
    if (gpio !== undefined && wire.choices.get(gpio)?.part !== undefined) this.events.connect(wire.start, gpio);
    else this.events.refuse(this.words(wire, pin));
  }

  /** What is to be said of a wire to a pin. */
  private words({ choices }: Wire, tag: Element): string {
    const gpio = gpioOf(tag);
    const choice = gpio === undefined ? undefined : choices.get(gpio);
    if (gpio === undefined || choice === undefined) return `${labelOf(tag)} is no pin for a signal; parts get ground and supply by themselves`;
    return choice.part === undefined ? choice.reason : nameOf(gpio);
  }

  private pinAt({ clientX, clientY }: PointerEvent): SVGElement | undefined {
    const distance = (tag: Element): number => {
      const { left, right, top, bottom } = tag.getBoundingClientRect();
      const isBeside = clientY < top - REACH_PIXELS || clientY > bottom + REACH_PIXELS || clientX < left - REACH_PIXELS || clientX > right + REACH_PIXELS;
      return isBeside ? Infinity : Math.abs(clientX - (left + right) / 2);
    };
    const [nearest] = this.tags().map((tag) => ({ tag, far: distance(tag) })).filter(({ far }) => far < Infinity).sort((a, b) => a.far - b.far);
    return nearest?.tag;
  }

  private get stage(): HTMLElement {
    return this.board.querySelector<HTMLElement>('.stage') as HTMLElement;
  }

  private tags(): readonly SVGElement[] {
    return [...this.board.querySelectorAll<SVGElement>('.pin-tag')];
  }
}

function gpioOf(tag: Element): number | undefined {
  return pinOf(tag)?.gpio;
}

function labelOf(tag: Element): string {
  return pinOf(tag)?.label ?? '';
}

function pinOf(tag: Element): (typeof BOARD_PINS)[number] | undefined {
  return BOARD_PINS[Number((tag as SVGElement).dataset['pin']) - 1];
}
