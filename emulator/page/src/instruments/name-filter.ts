/** What a name has to contain to be shown: all words that were typed, in any order, in small letters or capitals. */
export class NameFilter {
  private readonly words: readonly string[];

  /** @param text what was typed; nothing lets everything through */
  constructor(readonly text = '') {
    this.words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  }

  matches(name: string): boolean {
    const lower = name.toLowerCase();
    return this.words.every((word) => lower.includes(word));
  }
}
