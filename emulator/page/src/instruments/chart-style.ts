/** What the instruments with an axis of time look like, but for what they draw. */
export const CHART_CSS = `
:host {
  display: block;
  position: relative;
  font-size: 0.8125rem;
}
:host([hidden]) { display: none; }
.toolbar {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.25rem;
  padding-block: 0.25rem;
}
.toolbar .gap { flex: 1 1 auto; }
button, summary {
  font: inherit;
  color: inherit;
  background: var(--_panel);
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  min-width: 1.9rem;
  padding: 0.15rem 0.5rem;
  cursor: pointer;
}
input.filter {
  font: inherit;
  color: inherit;
  background: var(--_panel);
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  width: 8rem;
  padding: 0.15rem 0.5rem;
}
input.filter::placeholder { color: var(--_faint); opacity: 1; }
input.decode { width: 13rem; max-width: 100%; }
input[aria-invalid='true'] { border-color: var(--_hog); }
.measured { padding-inline: 0.5rem; font-variant-numeric: tabular-nums; }
button:hover, summary:hover { border-color: var(--_focus); }
button[aria-pressed='true'] {
  border-color: var(--_focus);
  box-shadow: inset 0 -2px var(--_focus);
}
:focus-visible {
  outline: 2px solid var(--_focus);
  outline-offset: 1px;
}
.frame {
  position: relative;
  max-height: 24rem;
  overflow: hidden auto;
  background: var(--_panel);
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
}
canvas {
  display: block;
  width: 100%;
  cursor: crosshair;
  /* Up and down scrolls the page; everything else is ours. */
  touch-action: pan-y;
}
canvas:focus-visible { outline-offset: -2px; }
.tooltip {
  position: absolute;
  z-index: 2;
  width: max-content;
  max-width: min(22rem, 100%);
  padding: 0.3rem 0.5rem;
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  background: var(--_panel);
  box-shadow: 0 2px 8px rgb(0 0 0 / 0.2);
  font-size: 0.75rem;
  line-height: 1.4;
  white-space: pre-line;
  pointer-events: none;
}
.tooltip[hidden] { display: none; }
.spoken {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;
