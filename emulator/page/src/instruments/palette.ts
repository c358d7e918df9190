/** What is drawn in which colour: the page's own, or one that follows its colour scheme. */
const COLOURS = {
  text: 'var(--text, currentColor)',
  faint: 'var(--text-muted, light-dark(#59626d, #99a4b1))',
  line: 'var(--line, light-dark(#d5dae0, #2c343e))',
  panel: 'var(--surface, light-dark(#ffffff, #171b21))',
  focus: 'var(--focus, light-dark(#1f6feb, #6cb2ff))',
  grid: 'light-dark(#eceef1, #232a33)',
  /** The life of a task that waits. */
  waiting: 'light-dark(#a9b2bd, #55606d)',
  /** A task that runs. */
  run: 'light-dark(#18794e, #3fb57e)',
  /** A task that waits for its turn. */
  ready: 'light-dark(#c98a1b, #d9a03a)',
  /** A step that is too long. */
  hog: 'light-dark(#c42b2b, #ff6b6b)',
  onHog: 'light-dark(#ffffff, #1b0a0a)',
  /** From who wakes to who is woken. */
  wake: 'light-dark(#3563c9, #7aa7ff)',
  /** A timer or an interrupt. */
  source: 'light-dark(#7748b5, #b794f4)',
  pin: 'light-dark(#0f6f8f, #4cc3e8)',
} as const;

export type ColourName = keyof typeof COLOURS;
export type Palette = Readonly<Record<ColourName, string>>;

/** The colours as variables, for style sheets: `--_run`. */
export const PALETTE_CSS = `:host { ${Object.entries(COLOURS).map(([name, value]) => `--_${name}: ${value};`).join(' ')} }`;

/** Finds what the colours are just now, for drawing on a canvas, which knows no variables. */
export class PaletteReader {
  private readonly probes: readonly (readonly [ColourName, HTMLElement])[];

  constructor(root: ShadowRoot) {
    const holder = document.createElement('div');
    holder.hidden = true;
    this.probes = (Object.keys(COLOURS) as ColourName[]).map((name) => {
      const probe = document.createElement('i');
      probe.style.color = `var(--_${name})`;
      holder.append(probe);
      return [name, probe] as const;
    });
    root.append(holder);
  }

  read(): Palette {
    return Object.fromEntries(this.probes.map(([name, probe]) => [name, getComputedStyle(probe).color])) as Palette;
  }
}
