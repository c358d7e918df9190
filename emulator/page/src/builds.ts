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
