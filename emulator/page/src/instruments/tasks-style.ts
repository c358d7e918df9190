/** What the table of tasks looks like. Where there is little room, the last columns move into the row that unfolds. */
export const TASKS_CSS = `
:host {
  display: block;
  container-type: inline-size;
  font-size: 0.8125rem;
}
:host([hidden]), [hidden] { display: none !important; }
.frame {
  overflow-x: auto;
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  background: var(--_panel);
}
input.filter {
  font: inherit;
  color: inherit;
  background: var(--_panel);
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  width: 12rem;
  max-width: 100%;
  margin-bottom: 0.3rem;
  padding: 0.15rem 0.5rem;
}
input.filter::placeholder { color: var(--_faint); opacity: 1; }
table {
  width: 100%;
  border-collapse: collapse;
  font-variant-numeric: tabular-nums;
}
caption {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
}
th, td {
  padding: 0.3rem 0.6rem;
  text-align: left;
  vertical-align: baseline;
}
thead th {
  color: var(--_faint);
  font-weight: 600;
  white-space: nowrap;
  border-bottom: 1px solid var(--_line);
}
tbody tr + tr:not(.detail) > * { border-top: 1px solid var(--_grid); }
tbody th { font-weight: 600; white-space: nowrap; }
.since, .share, .longest, .wakes, .bytes {
  text-align: right;
  white-space: nowrap;
}
/* Wide enough for the longest that comes, so that columns do not wander while numbers change. */
td.since, td.longest { min-width: 5.2em; }
td.share { min-width: 4em; }
td.hog { color: var(--_hog); font-weight: 700; }
td.state::before {
  content: '';
  display: inline-block;
  width: 0.6em;
  height: 0.6em;
  margin-right: 0.4em;
  border-radius: 50%;
  background: var(--_waiting);
}
tr[data-state='running'] td.state::before { background: var(--_run); }
tr[data-state='ready'] td.state::before { background: var(--_ready); }
td.state { white-space: nowrap; }
.waitsFor { width: 40%; min-width: 9em; }
button {
  font: inherit;
  color: inherit;
  background: none;
  border: 0;
  padding: 0;
  cursor: pointer;
}
button:focus-visible {
  outline: 2px solid var(--_focus);
  outline-offset: 2px;
  border-radius: 2px;
}
.toggle::before {
  content: '▸';
  display: inline-block;
  width: 1.1em;
  color: var(--_faint);
}
.toggle[aria-expanded='true']::before { content: '▾'; }
.place {
  margin-left: 0.6em;
  color: var(--_wake);
  text-decoration: underline;
  text-underline-offset: 2px;
  white-space: nowrap;
}
.words:empty + .place { margin-left: 0; }
.detail td { padding: 0 0.6rem 0.5rem 1.8rem; }
.detail ol { margin: 0.1rem 0 0.3rem; padding-left: 1.3rem; }
.detail li::marker { color: var(--_faint); }
.facts { margin: 0; color: var(--_faint); }
.empty { margin: 0.4rem 0; color: var(--_faint); }
/* Names the columns that have no room. */
.folded { display: none; margin: 0.35rem 0 0; color: var(--_faint); }
.folded span { display: none; white-space: normal; }
@container (max-width: 60rem) {
  .bytes, .wakes { display: none; }
  .folded { display: block; }
  .folded .wakes { display: inline; }
  .folded .bytes { display: inline; }
}
@container (max-width: 44rem) {
  .since, .share { display: none; }
  .folded .since, .folded .share { display: inline; }
}
@container (max-width: 30rem) {
  .longest { display: none; }
  .folded .longest { display: inline; }
  .has-hog .toggle { color: var(--_hog); }
  th, td { padding-inline: 0.4rem; }
}
`;
