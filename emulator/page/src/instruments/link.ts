import type { Chart } from './chart.js';
import type { MarksState } from './time-marks.js';
import type { ViewState } from './time-view.js';

/** Has each chart show what the user moves the other to, and the same cursors. */
export function linkCharts(...charts: readonly Chart[]): void {
  for (const chart of charts) {
    chart.addEventListener('view-change', (event) => {
      const { detail } = event as CustomEvent<ViewState>;
      for (const other of charts) if (other !== chart) other.viewState = detail;
    });
    chart.addEventListener('marks-change', (event) => {
      const { detail } = event as CustomEvent<MarksState>;
      for (const other of charts) if (other !== chart) other.marksState = detail;
    });
  }
}
