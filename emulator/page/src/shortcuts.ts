/** The letter, in lower case, that a press of a key means to the page; undefined if it is meant for something on it. */
export function letterOf(event: KeyboardEvent): string | undefined {
  const { target, key, ctrlKey, altKey, metaKey } = event;
  if (event.defaultPrevented || event.repeat || ctrlKey || altKey || metaKey) return undefined;
  if (target instanceof HTMLElement && target.closest('textarea, select, [contenteditable]')) return undefined;
  // Fields are in the shadows of instruments, too.
  if (event.composedPath().some((part) => part instanceof HTMLInputElement)) return undefined;
  const letter = key.toLowerCase();
  const hasOwnKeys = target instanceof HTMLElement && target.closest('uasync-timeline, uasync-logic') !== null;
  return hasOwnKeys && letter !== 'l' ? undefined : letter;
}
