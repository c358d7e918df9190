import type { Banner } from './banner.js';

const FOR = 1500; // milliseconds that the button tells of it

/** Copies a link to an example, or shows it where the browser allows no copying. */
export async function shareLink(example: string | undefined, banner: Banner, announce: (text: string) => void): Promise<void> {
  if (example === undefined) {
    banner.tell('A file of your own stays on this machine, so no link can lead to it. Put it on a web server beside this page to share it.');
    return;
  }
  const link = new URL(`#example=${example}`, location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    flash(document.getElementById('share'), 'Copied');
    announce('The link was copied.');
  } catch {
    banner.tell(`The link to this program: ${link}`);
  }
}

function flash(button: HTMLElement | null, text: string): void {
  const before = button?.textContent ?? '';
  if (button === null || before === text) return;
  button.textContent = text;
  setTimeout(() => (button.textContent = before), FOR);
}
