import type { FrameReply, Request } from '../../protocol.js';
import { type BoardPart, kindOf, pinOf } from '../kinds/index.js';
import type { HoldButton } from './hold.js';
import { type Terminal, terminalX } from '../layout.js';
import type { Signals } from '../signals.js';

/** What a part tells of itself. */
export interface PartEvents {
  /** The emulator has to know. */
  send(request: Request): void;
  /** A lamp has changed. */
  note(lamp: string, state: string): void;
}

/** A part on the page. */
export abstract class PartView {
  readonly element = document.createElement('div');
  abstract readonly width: number;
  abstract readonly height: number;
  readonly terminals: readonly Terminal[];
  readonly color: string;

  /** What can be held down. */
  readonly buttons: readonly HoldButton[] = [];

  constructor(part: BoardPart, protected readonly events: PartEvents) {
    const { id, type, label, color } = part;
    this.color = color;
    this.terminals = terminalsOf(part);
    this.element.className = `part part-${type}`;
    this.element.dataset['part'] = id;
    this.element.setAttribute('role', 'group');
    this.element.setAttribute('aria-label', label);
    this.element.style.setProperty('--wire', color);
  }

  /** Follows the pins. */
  show?(signals: Signals, frame: FrameReply): void;

  /** It is on the board now: the emulator has to know how it stands. */
  connect?(): void;

  /** The board was powered on, and knows of no one who presses a button. */
  powerOn?(): void;

  /** It is on the board no more. */
  disconnect?(): void;

  /** Moves the part to its place, with its terminals towards the Pico. */
  place(x: number, y: number, isBelow: boolean): void {
    const { element, width, height } = this;
    element.classList.toggle('below', isBelow);
    Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
  }

  /** The part's picture and controls, under or over its label, and a mark for each terminal. To be called once. */
  protected build(label: string, ...content: readonly Node[]): void {
    const caption = document.createElement('span');
    caption.className = 'part-label';
    caption.textContent = label;
    const body = document.createElement('div');
    body.className = 'part-body';
    body.append(...content, caption);
    const marks = this.terminals.map(({ name, gpio, field, color }, index) => {
      const mark = document.createElement('span');
      mark.className = `terminal ${gpio === undefined ? `terminal-${name === 'GND' ? 'ground' : 'power'}` : ''}`;
      mark.style.left = `${terminalX(this, index)}px`;
      if (color !== undefined) mark.style.setProperty('--wire', color);
      mark.textContent = name;
      if (field !== undefined) mark.dataset['field'] = field;
      mark.setAttribute('aria-hidden', 'true');
      return mark;
    });
    this.element.append(...marks, body);
  }
}

function terminalsOf(part: BoardPart): Terminal[] {
  return kindOf(part.type).terminals.flatMap((terminal): Terminal[] => {
    if (terminal.field === undefined) return [{ name: terminal.name === 'COM' ? commonOf(part) : terminal.name, gpio: undefined }];
    const gpio = pinOf(part, terminal.field);
    return gpio === undefined ? [] : [{ name: terminal.name ?? `GP${gpio}`, gpio, field: terminal.field, color: terminal.color }];
  });
}

/** Where the side is connected that the lamps of a part have in common. */
function commonOf(part: BoardPart): string {
  return 'common' in part && part.common === 'anode' ? '3V3' : 'GND';
}

/** Creates an element of `@wokwi/elements` as a mere picture: without focus, without a name, and deaf to mouse and keys. */
export function picture<E extends HTMLElement>(tag: string, properties: Partial<E>): E {
  const element = Object.assign(document.createElement(tag) as E, properties);
  element.inert = true;
  element.setAttribute('aria-hidden', 'true');
  return element;
}

/** A picture as large as `scale` says, of what it is by itself. */
export function scaled(image: HTMLElement, width: number, height: number, scale: number): HTMLElement {
  const frame = document.createElement('span');
  frame.className = 'part-scaled';
  Object.assign(frame.style, { width: `${Math.round(width * scale)}px`, height: `${Math.round(height * scale)}px` });
  image.style.transform = `scale(${scale})`;
  frame.append(image);
  return frame;
}

/** What a part does, as far as a frame tells it anew. */
export function readingOf({ readings }: FrameReply, id: string): Readonly<Record<string, number | undefined>> {
  return readings.find((reading) => reading.id === id)?.values ?? {};
}

/** A line that says what a part does. */
export function stateLine(): HTMLElement {
  const line = document.createElement('span');
  line.className = 'part-state';
  return line;
}

/** A slider with its name and value. */
export function slider(name: string, range: { min: number; max: number; step: number; value: number }, words: (value: number) => string, onInput: (value: number) => void): HTMLLabelElement {
  const label = document.createElement('label');
  const title = document.createElement('span');
  const value = document.createElement('span');
  const input = document.createElement('input');
  title.textContent = name;
  value.className = 'slider-value';
  value.setAttribute('aria-hidden', 'true'); // the input tells it
  input.type = 'range';
  for (const key of ['min', 'max', 'step', 'value'] as const) input[key] = String(range[key]);
  const show = (): void => {
    value.textContent = words(input.valueAsNumber);
    input.setAttribute('aria-valuetext', value.textContent);
  };
  input.addEventListener('input', () => {
    show();
    onInput(input.valueAsNumber);
  });
  show();
  label.className = 'slider';
  label.append(title, value, input);
  return label;
}
