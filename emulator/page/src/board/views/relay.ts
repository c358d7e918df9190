import type { FrameReply } from '../../protocol.js';
import type { RelayPart } from '../kinds/relay.js';
import type { Signals } from '../signals.js';
import { type PartEvents, PartView, readingOf, stateLine } from './part.js';

const PICTURE = `<svg viewBox="0 0 88 48" width="97" height="53"><rect x=".5" y=".5" width="87" height="47" rx="4" class="relay-case"/>
<path d="M8 13v22M15 13v22M8 13a3.5 3.7 0 0 1 7 0M8 20.3a3.5 3.7 0 0 1 7 0M8 27.6a3.5 3.7 0 0 1 7 0M8 35a3.5 3.7 0 0 1 7 0" class="relay-coil"/>
<path d="M26 24H37" class="relay-wire"/><path d="M37 24H60" class="relay-arm"/><path d="M60 12H68M60 36H68" class="relay-wire"/>
<circle cx="37" cy="24" r="2.6"/><circle cx="60" cy="12" r="2.6"/><circle cx="60" cy="36" r="2.6"/><text x="70" y="15">NC</text><text x="70" y="39">NO</text></svg>`;

/** A relay: its coil moves an arm from one contact to the other. */
export class RelayView extends PartView {
  readonly width = 124;
  readonly height = 136;

  private readonly image = document.createElement('span');
  private readonly state = stateLine();
  private readonly name: string;
  private clicks = 0;

  constructor(private readonly part: RelayPart, events: PartEvents) {
    super(part, events);
    this.name = `${part.label} on GP${part.pin}`;
    this.image.className = 'relay';
    this.image.setAttribute('role', 'img');
    this.image.innerHTML = PICTURE;
    this.state.setAttribute('aria-hidden', 'true'); // the picture tells it
    this.build(part.label, this.image, this.state);
    this.draw(false);
  }

  override powerOn(): void {
    this.clicks = 0;
    this.draw(false);
  }

  override show(signals: Signals, frame: FrameReply): void {
    const { pin, id, active } = this.part;
    this.clicks = readingOf(frame, id)['clicks'] ?? this.clicks;
    const share = signals.share(pin);
    this.draw((active === 'high' ? share : 1 - share) >= 0.5);
  }

  private draw(isOn: boolean): void {
    const state = `${isOn ? 'on' : 'off'}, ${this.clicks} ${this.clicks === 1 ? 'click' : 'clicks'}`;
    if (this.state.textContent === state) return;
    this.image.classList.toggle('on', isOn);
    this.state.textContent = state;
    this.image.setAttribute('aria-label', `${this.name}: ${state}`);
    this.events.note(this.name, isOn ? 'on' : 'off');
  }
}
