/** A file that the user has given. */
export interface GivenImage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const DATABASE = 'uasync';
const STORE = 'images';
const KEY = 'micropython';

/** Keeps MicroPython's image in the browser, for the next time. A browser that keeps nothing has it given each time. */
export class ImageStore {
  async load(): Promise<GivenImage | undefined> {
    return (await this.use('readonly', (store) => store.get(KEY))) as GivenImage | undefined;
  }

  /** @returns whether it is kept */
  async save(image: GivenImage): Promise<boolean> {
    return (await this.use('readwrite', (store) => store.put(image, KEY))) !== undefined;
  }

  async forget(): Promise<void> {
    await this.use('readwrite', (store) => store.delete(KEY));
  }

  private async use<T>(mode: IDBTransactionMode, action: (store: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
    try {
      const opening = indexedDB.open(DATABASE, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      const database = await resultOf(opening);
      try {
        const transaction = database.transaction(STORE, mode);
        const done = completionOf(transaction);
        const result = await resultOf(action(transaction.objectStore(STORE)));
        await done; // before that, a page that is left may lose it
        return result;
      } finally {
        database.close();
      }
    } catch {
      return undefined;
    }
  }
}

function completionOf(transaction: IDBTransaction): Promise<void> {
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB failed'));
  });
  done.catch(() => undefined); // the request has failed as well
  return done;
}

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}
