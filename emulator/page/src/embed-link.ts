import { type EmbedMessage, embeddingOf, type EmbedState, readEmbedMessage } from './embed.js';
import type { StateReply } from './protocol.js';

/** Shows the page in a compact way where another has it in a frame, and passes messages between the two. */
export class EmbedLink {
  private readonly embedding = embeddingOf(location.search);

  /** @param onMessage does what the other page asks for */
  constructor(onMessage: (message: EmbedMessage) => void) {
    document.documentElement.toggleAttribute('data-embed', this.embedding.isEmbedded);
    const whole = document.getElementById('whole') as HTMLAnchorElement;
    whole.hidden = !this.embedding.isEmbedded;
    // The address when it is followed, as another program may have been chosen since.
    whole.addEventListener('click', () => (whole.href = location.pathname + location.hash));
    window.addEventListener('message', ({ data, origin, source }) => {
      const message = source === window.parent ? readEmbedMessage(data, origin, this.embedding) : undefined;
      if (message !== undefined) onMessage(message);
    });
  }

  /** Tells the other page what goes on. */
  tell({ state, text }: StateReply): void {
    const { origin } = this.embedding;
    if (origin === undefined || window.parent === window) return;
    const message: EmbedState = { uasync: 'state', state, text };
    window.parent.postMessage(message, origin);
  }
}
