/** The way to the loudspeaker. Browsers let no sound through before somebody has pressed something on the page. */
let speaker: AudioContext | undefined;
let isListening = false;

function unlock(): void {
  speaker ??= new AudioContext();
  if (speaker.state === 'suspended') void speaker.resume();
}

function unlockAtGesture(): void {
  if (isListening) return;
  isListening = true;
  for (const gesture of ['pointerdown', 'keydown']) document.addEventListener(gesture, unlock, { capture: true });
}

/** A buzzer is shrill, so it is not loud. */
const LOUDNESS = 0.05;
/** It would click if its loudness jumped. */
const FADE_SECONDS = 0.004;
/** What nobody can hear is not sent to a loudspeaker. */
const HIGHEST_HERTZ = 20_000;

/** A tone that is heard once the browser lets it. */
export class Tone {
  private oscillator: OscillatorNode | undefined;
  private gain: GainNode | undefined;
  private shownHertz = 0;

  constructor() {
    unlockAtGesture();
  }

  /** Sounds at a frequency from now on; silent at 0. */
  play(hertz: number): void {
    const isHeard = hertz > 0 && hertz <= HIGHEST_HERTZ;
    const wanted = isHeard && speaker !== undefined ? hertz : 0;
    if (wanted === this.shownHertz || speaker === undefined) return;
    this.shownHertz = wanted;
    if (wanted > 0) this.start(speaker).frequency.setValueAtTime(wanted, speaker.currentTime);
    this.gain?.gain.setTargetAtTime(wanted > 0 ? LOUDNESS : 0, speaker.currentTime, FADE_SECONDS);
  }

  /** Ends for good. */
  close(): void {
    this.oscillator?.stop();
    this.gain?.disconnect();
    this.oscillator = this.gain = undefined;
    this.shownHertz = 0;
  }

  private start(context: AudioContext): OscillatorNode {
    if (this.oscillator !== undefined) return this.oscillator;
    this.gain = new GainNode(context, { gain: 0 });
    this.gain.connect(context.destination);
    this.oscillator = new OscillatorNode(context, { type: 'square' });
    this.oscillator.connect(this.gain);
    this.oscillator.start();
    return this.oscillator;
  }
}
