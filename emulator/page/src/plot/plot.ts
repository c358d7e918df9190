import type { FrameReply } from '../protocol.js';
import { Backlog } from './backlog.js';
import type { PlotView } from './plot-view.js';

/** What is kept of the console while the plot is hidden: the newest. */
const KEPT_BYTES = 256_000;

/**
 * Shows and hides the plot of the numbers on the console. What draws it is loaded when it is first shown; while it is hidden, nothing is
 * done but to keep what was printed last.
 */
export class Plot {
  private view: PlotView | undefined;
  private readonly backlog = new Backlog(KEPT_BYTES);

  constructor(
    private readonly button: HTMLElement,
    private readonly element: HTMLElement,
  ) {
    button.addEventListener('click', () => void this.toggle());
  }

  showFrame(frame: FrameReply): void {
    this.backlog.add(frame);
    if (!this.element.hidden) this.view?.add(this.backlog.take());
  }

  /** Begins anew with what is printed from now on. */
  clear(): void {
    this.backlog.clear();
    this.view?.clear();
  }

  private async toggle(): Promise<void> {
    this.setShown(this.element.hidden);
    try {
      const { PlotView } = await import('./plot-view.js');
      this.view ??= new PlotView(this.element);
    } catch {
      this.setShown(false);
      this.button.dispatchEvent(new CustomEvent('tell-user', { bubbles: true, detail: 'The plot could not be loaded. Load the page again.' }));
      return;
    }
    if (this.element.hidden) return;
    this.view.add(this.backlog.take());
    this.view.show();
  }

  private setShown(isShown: boolean): void {
    this.element.hidden = !isShown;
    this.button.setAttribute('aria-pressed', String(isShown));
  }
}
