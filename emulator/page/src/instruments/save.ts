/** Asks the page to tell its user something: bubbles up to it. */
export class TellUser extends CustomEvent<string> {
  constructor(text: string) {
    super('tell-user', { bubbles: true, composed: true, detail: text });
  }
}

/** Has the browser save a text or bytes as a file. */
export function save(name: string, type: string, contents: BlobPart): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([contents], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
