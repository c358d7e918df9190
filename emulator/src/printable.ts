/** Controls of terminals, ends of lines, and marks that turn the direction of writing: nothing of a message or a name. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A text on one line that does nothing to a terminal, whatever is in the file or the memory that it comes from: `\u001b` for an escape. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
