import { printable } from '../printable.js';

/**
 * What a task waits for, in words: as the sources of the awaiters say it in the ELF file, with UASYNC_WAITS_FOR.
 *
 * The same as tools/gdb/uasync_gdb/words.py; docs/design/task_reader.md has the rules.
 */

/** The notes of a firmware: words by the name of an awaiter, of a hook, or by other words. */
export type Notes = ReadonlyMap<string, string>;

/** What a task waits for that awaits another. */
export const A_TASK = 'a task';

/** Longer notes, and names that stand for others more often, are damaged. */
const LONGEST_NOTE = 1000;
const DEEPEST = 16;

/** Reads `=AWAITER=WORDS`, each ended by a zero. Two that contradict each other count as none. */
export function notesIn(section: Uint8Array): Notes {
  const notes = new Map<string, string>();
  const contradicted = new Set<string>();
  for (const note of new TextDecoder().decode(section).split('\0')) {
    if (note.length > LONGEST_NOTE) continue;
    const [, awaiter, words, more] = printable(note).split('=');
    if (awaiter === undefined || words === undefined || more !== undefined) continue;
    const name = withoutArguments(awaiter);
    if ((notes.get(name) ?? words) !== words) contradicted.add(name);
    notes.set(name, words);
  }
  for (const name of contradicted) notes.delete(name);
  return notes;
}

/**
 * The words for `uasync::Event::WaitAwaiter` under `Event::WaitAwaiter`; undefined if there are none.
 *
 * What is left out may be namespaces only: classes begin with a capital, namespaces do not.
 */
export function noted(notes: Notes, name: string): string | undefined {
  const parts = withoutArguments(name).split('::');
  for (const [start, part] of parts.entries()) {
    const words = notes.get(parts.slice(start).join('::'));
    if (words !== undefined || /^[A-Z]/.test(part)) return words;
  }
  return undefined;
}

/**
 * `Queue::get` for `StoreQueue<int, uasync::detail::RingStore<int, 8> >::GetAwaiter`; its own name if there are no words.
 *
 * @param objectClasses the class of the object that is waited for, and then those that it is derived from
 */
export function waitOfAwaiter(notes: Notes, given: string, objectClasses: readonly string[] = []): string {
  let [awaiter, words] = [given, noted(notes, given)];
  for (let depth = 0; words === '*' && depth < DEEPEST; depth++) {
    // It stands for another one, its template argument.
    awaiter = awaiter.slice(awaiter.indexOf('<') + 1, Math.max(awaiter.lastIndexOf('>'), 0));
    words = noted(notes, awaiter);
  }
  const plain = plainName(awaiter);
  if (words === undefined) return plain;
  const classes = objectClasses.map(plainName);
  const isKnown = classes.includes(plain.split('::').slice(0, -1).join('::'));
  const full = words.replace(/(\w+)\*/g, (_, named: string) => (isKnown ? (classes[0] as string) : named));
  return notes.get(full) ?? full;
}

/** A class's name without namespaces and template arguments. */
export function plainName(name: string): string {
  return withoutArguments(name).replace(/^(?:[a-z_(][\w ()]*::)+(?=[A-Z])/, '');
}

/** A type's name without what is between angle brackets. */
function withoutArguments(type: string): string {
  let [result, depth] = ['', 0];
  for (const character of type) {
    if (character === '>') depth--;
    else if (character === '<') depth++;
    else if (depth === 0) result += character;
  }
  return result;
}

/** The function's name in a signature: `app::blink` of `uasync::Coro<void> app::(anonymous namespace)::blink(uasync::Pin)`. */
export function functionIn(signature: string): string | undefined {
  return /([A-Za-z_][\w:]*)\(/.exec(signature.replaceAll('(anonymous namespace)::', '').replaceAll('{anonymous}::', ''))?.[1];
}

/** A local variable's name, from the name that GCC gives its place in a frame: `delay_ms_1_2`. Undefined for what the compiler added. */
export function localName(member: string): string | undefined {
  if (/^(_Coro_|Aw\d+_|Is_\d|Fs_\d|__)/.test(member) || member === '') return undefined;
  return member.replace(/_\d+_\d+$/, '');
}
