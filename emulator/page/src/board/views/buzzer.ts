import '@wokwi/elements/dist/esm/buzzer-element.js';
import type { BuzzerElement } from '@wokwi/elements/dist/esm/buzzer-element.js';
import type { FrameReply } from '../../protocol.js';
import type { BuzzerPart } from '../kinds/buzzer.js';
import { noteOf } from '../notes.js';
import type { Signals } from '../signals.js';
import { type PartEvents, PartView, picture, readingOf, scaled, stateLine } from './part.js';
import { Tone } from './sound.js';

/** A tone ends if nothing has been heard of the board for so long: the page may be in the background. */
const PATIENCE_MILLIS = 300;

/** A buzzer that is heard, unless it is muted. */
export class BuzzerView extends PartView {
  readonly width = 118;
  readonly height = 196;

  private readonly image = picture<BuzzerElement>('wokwi-buzzer', {});
  private readonly frame = scaled(this.image, 75, 104, 0.9);
  private readonly state = stateLine();
  private readonly mute = document.createElement('button');
  private readonly tone = new Tone();
  private readonly id: string;
  private readonly name: string;
  private hertz = 0;
  private isMuted = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(part: BuzzerPart, events: PartEvents) {
    super(part, events);
    this.id = part.id;
    this.name = `${part.label} on GP${part.pin}`;
    const { frame, mute, state } = this;
    frame.setAttribute('role', 'img');
    state.setAttribute('aria-hidden', 'true'); // the picture tells it
    mute.type = 'button';
    mute.className = 'plain';
    mute.textContent = 'Mute';
    mute.setAttribute('aria-label', `Mute ${part.label}`);
    mute.setAttribute('aria-pressed', 'false');
    mute.addEventListener('click', () => this.toggle());
    this.build(part.label, frame, state, mute);
    this.draw();
  }

  override show(_signals: Signals, frame: FrameReply): void {
    const { hertz } = readingOf(frame, this.id);
    if (hertz !== undefined && hertz !== this.hertz) {
      this.hertz = hertz;
      this.draw();
    }
    const isPaused = frame.ratio === undefined;
    this.tone.play(isPaused || this.isMuted ? 0 : this.hertz);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tone.play(0), PATIENCE_MILLIS);
  }

  override powerOn(): void {
    this.hertz = 0;
    this.draw();
  }

  override disconnect(): void {
    clearTimeout(this.timer);
    this.tone.close();
  }

  private toggle(): void {
    this.isMuted = !this.isMuted;
    this.mute.setAttribute('aria-pressed', String(this.isMuted));
    if (this.isMuted) this.tone.play(0);
  }

  private draw(): void {
    const { hertz } = this;
    const state = hertz > 0 ? `${hertz} Hz, ${noteOf(hertz)}` : 'silent';
    this.image.hasSignal = hertz > 0 && !matchMedia('(prefers-reduced-motion: reduce)').matches;
    this.state.textContent = state;
    this.frame.setAttribute('aria-label', `${this.name}: ${state}`);
    this.events.note(this.name, hertz > 0 ? state : 'off');
  }
}
