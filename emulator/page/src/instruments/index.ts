import { linkCharts } from './link.js';
import { LogicElement } from './logic.js';
import { TasksElement } from './tasks.js';
import { TimelineElement } from './timeline.js';

export type { NamedPin } from './logic.js';
export { LogicElement, TasksElement, TimelineElement };

customElements.define('uasync-timeline', TimelineElement);
customElements.define('uasync-tasks', TasksElement);
customElements.define('uasync-logic', LogicElement);

declare global {
  interface HTMLElementTagNameMap {
    'uasync-timeline': TimelineElement;
    'uasync-tasks': TasksElement;
    'uasync-logic': LogicElement;
  }
}

/** Shows the same stretch of time in both, whichever of them is moved, and has the pins exported with the tasks. */
export function linkViews(timeline: TimelineElement, logic: LogicElement): void {
  linkCharts(timeline, logic);
  timeline.edges = () => logic.edges();
}
