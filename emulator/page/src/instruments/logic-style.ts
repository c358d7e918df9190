/** What the logic analyser looks like, besides what all charts do. */
export const LOGIC_CSS = `
details { position: relative; }
summary { list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::after { content: ' ▾'; color: var(--_faint); }
.choices {
  position: absolute;
  right: 0;
  z-index: 3;
  display: grid;
  gap: 0.1rem;
  width: max-content;
  max-height: 18rem;
  overflow-y: auto;
  margin-top: 0.2rem;
  padding: 0.4rem 0.6rem;
  border: 1px solid var(--_line);
  border-radius: 0.3rem;
  background: var(--_panel);
  box-shadow: 0 2px 8px rgb(0 0 0 / 0.2);
}
.choices label { padding-block: 0.1rem; }
`;
