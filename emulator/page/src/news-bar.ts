import type { TaskSnapshot } from '../../src/tasks/model.js';
import { type OngoingHog, ongoingHog, shortPlace, titleOfHog } from './hog.js';
import { ShowSource } from './instruments/instrument.js';
import { type LongestStep, newsOf } from './news.js';
import type { StateReply } from './protocol.js';

/** How often the window's title changes at most, in milliseconds: it is read out of the corner of an eye. */
const TITLE_EVERY = 1000;

/** The line under the controls, which stays in view, and the title of the window: they say what a long-running task does to the others. */
export class NewsBar {
  /** A step that takes longer is a hog. */
  hogNanos = Infinity;

  private readonly words: HTMLElement;
  private readonly link: HTMLButtonElement;
  private title = document.title;
  private titledAt = -Infinity;
  private state: StateReply | undefined;
  private hog: OngoingHog | undefined;
  private longest: LongestStep | undefined;
  private announced = '';

  /** @param announce has a screen reader say something */
  constructor(private readonly element: HTMLElement, private readonly announce: (text: string) => void) {
    this.words = element.querySelector('.words') as HTMLElement;
    this.link = element.querySelector('button') as HTMLButtonElement;
  }

  /** What the window is called while there is no hog. */
  setTitle(title: string): void {
    this.title = title;
    this.titledAt = -Infinity;
    this.show();
  }

  showState(state: StateReply): void {
    this.state = state;
    if (state.text !== undefined && !state.failed) this.announce(state.text); // what failed stands in an alert
    this.show();
  }

  /** @param longest of the steps so far */
  showTasks(snapshot: TaskSnapshot, longest: LongestStep | undefined): void {
    this.hog = ongoingHog(snapshot, this.hogNanos);
    this.longest = longest;
    const step = this.hog === undefined ? '' : `${this.hog.task} ${this.hog.since}`;
    if (step !== this.announced && this.hog !== undefined) this.announce(`${titleOfHog(this.hog)}.`);
    this.announced = step;
    this.show();
  }

  private show(): void {
    const { kind, text, place } = newsOf(this.state, this.hog, this.longest);
    if (this.words.textContent !== text) this.words.textContent = text;
    this.element.dataset['kind'] = kind;
    this.link.hidden = place === undefined;
    if (place !== undefined) {
      this.link.textContent = shortPlace(place);
      this.link.title = `${place.file}:${place.line}`;
      this.link.onclick = () => this.element.dispatchEvent(new ShowSource(place));
    }
    this.showTitle(kind === 'hog' ? this.hog : undefined);
  }

  private showTitle(hog: OngoingHog | undefined): void {
    const now = performance.now();
    const title = hog === undefined ? this.title : `${titleOfHog(hog)} · uasync`;
    if (title === document.title || (hog !== undefined && now - this.titledAt < TITLE_EVERY)) return;
    this.titledAt = now;
    document.title = title;
  }
}
