import { save } from '../instruments/save.js';
import { type SharedProgram, toFile, toFragment } from './shared-program.js';

/** Mail and chat programs take links of that length. */
const LONGEST_LINK = 8000;
const FOR = 1500; // milliseconds that the button tells of it

/** How the page tells of what was shared. */
export interface ShareWords {
  /** Until somebody closes it. */
  tell(text: string): void;
  /** For a moment. */
  announce(text: string): void;
}

/** Copies a link to a program, or shows it where the browser allows no copying. What has no room in a link becomes a file. */
export async function share(shared: SharedProgram, isExample: boolean, words: ShareWords): Promise<void> {
  const link = isExample ? await linkTo(shared) : undefined;
  if (link === undefined || link.length > LONGEST_LINK) return shareFile(shared, link, words);
  try {
    await navigator.clipboard.writeText(link);
    flash(document.getElementById('share'), 'Copied');
    words.announce('The link was copied.');
  } catch {
    words.tell(`The link to this program: ${link}`);
  }
}

async function shareFile(shared: SharedProgram, link: string | undefined, { tell }: ShareWords): Promise<void> {
  const name = `${shared.program.replace(/\.(elf|uf2)$/i, '').replaceAll('/', '-')}.uasync.json`;
  save(name, 'application/json', await toFile(shared));
  const why = link === undefined ? 'No link can carry a firmware' : `A link of ${link.length.toLocaleString('en')} characters is too long`;
  tell(`${why}, so it was saved as ${name}, with its board and what there is of its sources. Whoever drops that file on this page sees the same.`);
}

/** An example as it is needs its name only. */
async function linkTo(shared: SharedProgram): Promise<string> {
  const isBare = shared.board === undefined && shared.sources.size === 0;
  return new URL(isBare ? `#example=${shared.program}` : `#shared=${await toFragment(shared)}`, location.href).href;
}

function flash(button: HTMLElement | null, text: string): void {
  const before = button?.textContent ?? '';
  if (button === null || before === text) return;
  button.textContent = text;
  setTimeout(() => (button.textContent = before), FOR);
}
