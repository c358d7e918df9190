import { fetchBytes } from './examples.js';

/** What happens to a program that is built again and again. */
export interface BuildListener {
  onImage(name: string, bytes: Uint8Array): void;
  onFailure(): void;
  onError(error: unknown): void;
}

/** Follows the program of `./uasync watch --page`, whose server tells of each build: loads the newest image, now and whenever there is one. */
export function followBuilds(listener: BuildListener): void {
  const events = new EventSource('watched/events');
  let newest = '';
  events.addEventListener('image', ({ data: name, lastEventId }: MessageEvent<string>) => {
    newest = lastEventId;
    fetchBytes(`watched/${encodeURIComponent(name)}?build=${lastEventId}`).then(
      (bytes) => newest === lastEventId && listener.onImage(name, bytes),
      (error) => listener.onError(error),
    );
  });
  events.addEventListener('failure', () => listener.onFailure());
}

/** What happens to the user's own programs of `./uasync demo FOLDER`. */
export interface ChangeListener {
  /** Its image, and maybe its source, is another. */
  onChanged(name: string): void;
  /** It could not be built; in words for the user. */
  onFailed(name: string, text: string): void;
}

/** Follows the programs in the folder, whose server tells of each change. */
export function followChanges(listener: ChangeListener): void {
  const events = new EventSource('own/events');
  events.addEventListener('changed', ({ data }: MessageEvent<string>) => listener.onChanged((JSON.parse(data) as { name: string }).name));
  events.addEventListener('failed', ({ data }: MessageEvent<string>) => {
    const { name, text } = JSON.parse(data) as { name: string; text: string };
    listener.onFailed(name, text);
  });
}
