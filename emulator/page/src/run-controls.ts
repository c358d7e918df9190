import type { FrameReply, Request, StateReply } from './protocol.js';
import { letterOf } from './shortcuts.js';

/** The buttons and keys that run the board and stop it, and what is told beside them: time, pace, sleep and state. */
export class RunControls {
  private readonly runButton = element<HTMLButtonElement>('run');
  private readonly stepButton = element<HTMLButtonElement>('step');
  private readonly resetButton = element<HTMLButtonElement>('reset');
  private readonly state = element('state');
  private readonly time = element('time');
  private readonly ratio = element('ratio');
  private readonly asleep = element('asleep');
  private isRunning = false;

  /** @param onLongest shows the longest step, which has a key, too */
  constructor(
    private readonly send: (request: Request) => void,
    private readonly onLongest: () => void,
  ) {
    this.runButton.addEventListener('click', () => this.toggle());
    this.stepButton.addEventListener('click', () => send({ kind: 'step' }));
    this.resetButton.addEventListener('click', () => send({ kind: 'reset' }));
    const speed = element<HTMLSelectElement>('speed');
    speed.addEventListener('change', () => send({ kind: 'speed', factor: Number(speed.value) }));
    element('longest').addEventListener('click', onLongest);
    document.addEventListener('keydown', (event) => this.shortcut(event));
  }

  showState({ state, failed, isOver }: StateReply): void {
    this.isRunning = state === 'running';
    this.runButton.textContent = this.isRunning ? 'Pause' : 'Run';
    this.runButton.title = `${this.isRunning ? 'Pause' : 'Run'} (P)`;
    this.runButton.disabled = this.stepButton.disabled = state === 'ended';
    this.resetButton.disabled = false;
    this.state.textContent = state === 'running' && isOver ? 'main ended' : state;
    this.state.dataset['kind'] = failed ? 'failed' : state;
  }

  showFrame({ nanos, ratio, asleep }: FrameReply): void {
    this.time.textContent = `${(nanos / 1e9).toFixed(3)} s`;
    this.ratio.textContent = ratio === undefined ? '–' : ratio >= 9.95 ? `${Math.round(ratio)}×` : `${ratio.toFixed(2)}×`;
    this.asleep.textContent = `${(100 * asleep).toFixed(1)} %`;
  }

  private toggle(): void {
    this.send({ kind: this.isRunning ? 'pause' : 'run' });
  }

  private shortcut(event: KeyboardEvent): void {
    const letter = letterOf(event) ?? '';
    const wanted = { p: () => this.toggle(), s: () => this.send({ kind: 'step' }), r: () => this.send({ kind: 'reset' }), l: this.onLongest }[letter];
    if (wanted === undefined || (this.runButton.disabled && letter !== 'l')) return;
    event.preventDefault();
    wanted();
  }
}

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}
