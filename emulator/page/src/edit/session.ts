import type { Keeper } from './drafts.js';

/** What the browser keeps for this page, unless its user has forbidden it. */
export function sessionKeeper(): Keeper | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
