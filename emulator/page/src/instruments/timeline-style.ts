/** What the marks of the timeline mean: the class of each, and in words. */
export const LEGEND = [
  ['run', 'runs'],
  ['hog', 'runs too long'],
  ['ready', 'waits for its turn'],
  ['waiting', 'waits'],
  ['wake', 'woken by a task'],
  ['source', 'woken by a timer or an interrupt'],
] as const;

/** What the timeline looks like, besides what all charts do. */
export const TIMELINE_CSS = `
.notice {
  margin: 0 0 0.25rem;
  padding: 0.3rem 0.5rem;
  border: 1px solid var(--_line);
  border-left: 4px solid var(--_ready);
  border-radius: 0.3rem;
  background: var(--_panel);
  font-variant-numeric: tabular-nums;
}
.notice.hog {
  border-left-color: var(--_hog);
  color: var(--_hog);
  font-weight: 600;
}
.legend {
  display: flex;
  flex-wrap: wrap;
  gap: 0.15rem 1rem;
  margin: 0.35rem 0 0;
  padding: 0;
  list-style: none;
  color: var(--_faint);
}
.legend li::before {
  content: '';
  display: inline-block;
  width: 1.1rem;
  height: 0.7rem;
  margin-right: 0.35rem;
  vertical-align: -0.05rem;
}
.legend .run::before { background: var(--_run); }
.legend .hog::before { background: var(--_hog); }
.legend .ready::before {
  background:
    repeating-linear-gradient(-45deg, var(--_ready) 0 1px, transparent 1px 4px),
    color-mix(in srgb, var(--_ready) 22%, transparent);
}
.legend .waiting::before { height: 0; border-top: 1px solid var(--_waiting); vertical-align: 0.25rem; }
.legend .wake::before, .legend .source::before { width: 1px; height: 0.8rem; margin-inline: 0.3rem 0.5rem; }
.legend .wake::before { background: var(--_wake); }
.legend .source::before { background: var(--_source); }
`;
