/** With so many changes in a second it blinks; fewer are told one by one. */
const BLINKING = 2;

/** Puts what lamps do into words that can be listened to: at most once a second, and only what is new. */
export class Announcer {
  private readonly lamps = new Map<string, { state: string; changes: number; told: string }>();

  /** A lamp has this state just now. All are taken to be off at first. */
  note(lamp: string, state: string): void {
    const known = this.lamps.get(lamp) ?? { state: 'off', changes: 0, told: 'off' };
    this.lamps.set(lamp, known);
    if (known.state === state) return;
    known.state = state;
    known.changes++;
  }

  /** To be called once a second: what there is to tell, or an empty text. */
  tell(): string {
    const news: string[] = [];
    for (const [lamp, known] of this.lamps) {
      const state = known.changes >= BLINKING ? 'blinking' : known.state;
      known.changes = 0;
      if (state === known.told) continue;
      known.told = state;
      news.push(`${lamp}: ${state}`);
    }
    return news.join(', ');
  }

  /** Another board, or another program: nothing is known of the lamps. */
  clear(): void {
    this.lamps.clear();
  }
}
