import type { Edge } from '../../../src/board/events.js';
import type { StepProfile } from '../../../src/tasks/model.js';
import { formatTraceRange, type RangeTrace } from '../../../src/tasks/trace-range.js';
import type { FrameReply } from '../protocol.js';
import { button, Chart, type Surface } from './chart.js';
import { formatDuration } from './duration.js';
import { TaskHistory } from './history.js';
import { bottomOf, layOut, rowAt, rowBeside } from './lanes.js';
import { type Hog, longestStepOf, notableSteps, sentenceOf } from './longest-step.js';
import { filterField } from './filter-field.js';
import { NameFilter } from './name-filter.js';
import { sumsOf } from './range-sums.js';
import { STEP_CSS, StepPanel } from './step-panel.js';
import { SUMS_CSS, SumsPanel } from './sums-panel.js';
import { save, TellUser } from './save.js';
import type { LaneOfTask, TaskLane } from './task-lane.js';
import { describeLane, describeStep } from './task-words.js';
import { FIRST_ROW, SOURCE_HEIGHT, TASK_HEIGHT, TimelineDrawing, type TimelineRow } from './timeline-drawing.js';
import { describeMarks, rangeOf } from './time-marks.js';
import { LEGEND, TIMELINE_CSS } from './timeline-style.js';

/** A step of 10 ms is longer than most programs want to wait for anything. */
const HOG_NANOS = 10e6;
/** How much is shown beside the longest step, as a share of it. */
const MARGIN = 0.3;
/** Viewers open this without trouble. */
const MOST_TRACE_BYTES = 5e6;
/** How far from a step, in pixels, the pointer still means it. */
const REACH = 4;

/** When each task ran, waited and was woken, one lane a task. */
export class TimelineElement extends Chart {
  /** The edges of the pins, to be exported with the tasks. */
  edges: () => readonly Edge[] = () => [];

  private readonly history = new TaskHistory();
  private readonly notice = document.createElement('p');
  private readonly sums = new SumsPanel({ show: () => this.showSelected(), clear: () => this.clearMarks() });
  private readonly where = new StepPanel();
  private profile: StepProfile | undefined;
  private filter = new NameFilter();
  private selected: LaneOfTask | undefined;
  private selectedStep = -1;
  private missed = 0;
  private isOver = false;
  private boot = -1;
  private limit = HOG_NANOS;

  constructor() {
    super('Task timeline');
    const style = document.createElement('style');
    style.textContent = TIMELINE_CSS + SUMS_CSS + STEP_CSS;
    const gap = document.createElement('span');
    gap.className = 'gap';
    this.toolbar.append(button('Longest step', 'Show the longest step (L)', () => this.showLongest()), filterField('Find tasks', (filter) => this.find(filter)), gap, button('Export trace', 'Save what is shown, or selected, as a trace that ui.perfetto.dev opens', () => this.export()));
    this.notice.className = 'notice';
    const legend = document.createElement('ul');
    legend.className = 'legend';
    for (const [kind, text] of LEGEND) {
      const item = document.createElement('li');
      item.className = kind;
      item.textContent = text;
      legend.append(item);
    }
    this.toolbar.after(this.notice, this.where.element, this.sums.element);
    this.root.append(style, legend);
    this.showNotice();
  }

  /** A step that takes longer is a hog. */
  get hogNanos(): number {
    return this.limit;
  }

  set hogNanos(nanos: number) {
    this.limit = nanos;
    this.showNotice();
    this.redraw();
  }

  override showFrame(frame: FrameReply): void {
    if (frame.boot !== this.boot) this.clear();
    this.boot = frame.boot;
    this.missed += frame.droppedTaskEvents;
    this.history.push(frame.taskEvents);
    if (frame.tasks !== undefined) this.history.update(frame.tasks);
    this.setNow(frame.nanos);
    if (frame.tasks !== undefined) this.onMarks();
    if (frame.tasks !== undefined) this.profile = frame.longestStep;
    if (this.where.isShown && frame.tasks !== undefined) this.showWhere();
    this.showNotice();
    this.showWholeOnceOver();
  }

  override clear(): void {
    this.history.clear();
    this.selected = undefined;
    this.missed = 0;
    this.isOver = false;
    this.profile = undefined;
    this.where.hide();
    super.clear();
    this.showNotice();
  }

  override get summary(): string {
    const { start, end } = this.view;
    const lanes = this.history.taskLanes;
    if (lanes.length === 0) return 'No tasks yet.';
    const until = Math.min(end, this.now);
    const span = `${formatDuration(Math.max(0, until - start))} up to ${formatDuration(until)}`;
    const hog = this.longestHog();
    const about = lanes.filter((lane) => lane.ended === undefined || lane.ended >= start).map((lane) => describeLane(lane, start, until));
    return [`${about.length} tasks, ${span}`, ...(hog === undefined ? [] : [sentenceOf(hog)]), ...about].join('. ') + '.';
  }

  /** The longest step of all tasks, that which goes on included; undefined before the first. */
  get longestStep(): Hog | undefined {
    return longestStepOf(this.history.taskLanes, this.now);
  }

  /** Shows the longest step, with a little of what was before and after it. False if there is none yet. */
  showLongest(): boolean {
    const { longestStep: step } = this;
    if (step === undefined) return false;
    const { lane, start, end } = step;
    const margin = MARGIN * (end - start);
    this.change(() => (this.view.state = { start: start - margin, end: end + margin, following: false }));
    this.selected = lane;
    this.selectedStep = lane.firstStepFrom(start + (end - start) / 2);
    const row = this.rows.find((candidate) => candidate.lane === lane);
    const isKnown = !step.isOpen && lane.stepCount > this.selectedStep && lane.stepAt(this.selectedStep).start === start;
    this.tell(isKnown ? describeStep(lane, this.selectedStep, this.history) : [sentenceOf(step)], (start + end) / 2, (row?.top ?? 0) + (row?.height ?? 0) / 2);
    this.showWhere();
    this.scrollIntoView({ block: 'nearest' });
    return true;
  }

  /** The trace of what is shown, or selected, in the format of Chrome, which Perfetto opens. */
  trace(): RangeTrace {
    const running = this.history.taskLanes.flatMap(({ id, runningSince }) => (runningSince === undefined ? [] : [{ id, since: runningSince }]));
    const { start, end } = this.exportRange;
    const missing = this.history.taskLanes.filter(({ knownFrom }) => knownFrom > start).map(({ name }) => name);
    const notes = [
      ...(missing.length === 0 ? [] : [`what happened first is no longer remembered of ${missing.join(', ')}`]),
      ...(this.missed === 0 ? [] : [`${this.missed} events of the run came too fast to be recorded`]),
    ];
    return formatTraceRange({ events: this.history.events(), edges: this.edges() }, { startNanos: start, endNanos: end, mostBytes: MOST_TRACE_BYTES, running, notes });
  }

  override moveRow(by: -1 | 1): void {
    const row = rowBeside(this.rows, this.selected, by);
    if (row === undefined) return;
    this.selected = row.lane;
    this.selectedStep = row.lane.kind === 'task' ? row.lane.firstStepFrom(this.view.end) : -1;
    const { start, end } = this.view;
    const lines = row.lane.kind === 'task' ? [describeLane(row.lane, start, Math.min(end, this.now))] : [row.lane.name];
    this.tell(lines, start, row.top + row.height / 2);
  }

  override moveAlong(by: -1 | 1): void {
    const row = this.rows.find(({ lane }) => lane === this.selected);
    if (row === undefined) return this.moveRow(1);
    const { lane } = row;
    if (lane.kind !== 'task' || lane.stepCount === 0) return;
    this.selectedStep = Math.min(lane.stepCount - 1, Math.max(0, this.selectedStep + by));
    const { start } = lane.stepAt(this.selectedStep);
    this.change(() => this.view.reveal(start));
    this.tell(describeStep(lane, this.selectedStep, this.history), start, row.top + row.height / 2);
  }

  protected override onMarks(): void {
    const range = rangeOf(this.marks);
    this.sums.show(describeMarks(this.marks, this.resolution), range && sumsOf(this.history.taskLanes, { start: range.start, end: Math.min(range.end, this.now) }).filter(({ lane }) => this.filter.matches(lane.label)));
  }

  protected override snap(nanos: number, y: number, reach: number): number {
    const lane = rowAt(this.rows, y)?.lane;
    if (lane === undefined || lane.kind !== 'task') return nanos;
    const next = lane.firstStepFrom(nanos - reach);
    if (next >= lane.stepCount) return nanos;
    const { start, end } = lane.stepAt(next);
    const nearest = Math.abs(start - nanos) <= Math.abs(end - nanos) ? start : end;
    return Math.abs(nearest - nanos) <= reach ? nearest : nanos;
  }

  protected override get contentHeight(): number {
    return bottomOf(this.rows, FIRST_ROW);
  }

  protected override paint(surface: Surface): void {
    new TimelineDrawing(surface, this.history, this.now).draw(this.rows, this.hogs(), this.selected);
    if (this.rows.length > 0) return;
    surface.context.fillStyle = surface.palette.faint;
    const isFound = this.history.taskLanes.some(({ label }) => this.filter.matches(label));
    const text = this.history.taskLanes.length === 0 ? 'No tasks yet.' : isFound ? 'No task is in view: Home shows all.' : `No task is called '${this.filter.text}'.`;
    surface.context.fillText(text, 8, FIRST_ROW + 13);
  }

  protected override describe(x: number, y: number): readonly string[] | undefined {
    const row = rowAt(this.rows, y);
    if (row === undefined) return undefined;
    const { lane } = row;
    const { start, end } = this.view;
    if (lane.kind !== 'task') return [lane.kind === 'timer' ? 'The timers of the event loop' : `The interrupt ${lane.name}`];
    if (x < this.left) return describeLane(lane, start, Math.min(end, this.now)).split('; ');
    return this.describeMoment(lane, this.nanosAt(x), (REACH * (end - start)) / this.columns);
  }

  private describeMoment(lane: TaskLane, nanos: number, reach: number): readonly string[] | undefined {
    const { name, runningSince, readySince, created, ended } = lane;
    if (nanos > this.now + reach || nanos < (created ?? 0) - reach) return undefined;
    if (runningSince !== undefined && nanos >= runningSince) return [sentenceOf({ lane, start: runningSince, end: this.now, isOpen: true })];
    const next = lane.firstStepFrom(nanos);
    for (const index of [next, next - 1]) {
      if (index < 0 || index >= lane.stepCount) continue;
      const step = lane.stepAt(index);
      if (step.start <= nanos + reach && step.end >= nanos - reach) return describeStep(lane, index, this.history);
      if (step.ready <= nanos && nanos < step.start) return [`${name} waits for its turn`, `for ${formatDuration(step.start - step.ready)}`];
    }
    if (ended !== undefined && nanos >= ended - reach) return [`${name} ended at ${formatDuration(ended)}: ${lane.how}`];
    if (readySince !== undefined && nanos >= readySince) return [`${name} waits for its turn`, `for ${formatDuration(this.now - readySince)} so far`];
    if (nanos < lane.knownFrom) return ['Too long ago: no longer remembered'];
    return [`${name} waits`];
  }

  /** Where the longest step spent its time, if it was long enough to be looked at. */
  private showWhere(): void {
    const { longestStep: step, profile } = this;
    if (step !== undefined && profile !== undefined && profile.id === step.lane.id && profile.since === step.start) this.where.show(step.lane.name, profile);
    else this.where.hide();
  }

  private find(filter: NameFilter): void {
    this.filter = filter;
    this.onMarks();
    this.redraw();
  }

  private showSelected(): void {
    const range = rangeOf(this.marks);
    if (range !== undefined) this.change(() => (this.view.state = { ...range, following: false }));
  }

  /** The sources and the tasks that are in view and looked for. */
  private get rows(): readonly TimelineRow[] {
    const { start } = this.view;
    const tasks = this.history.taskLanes.filter(({ ended }) => ended === undefined || ended >= start);
    const found = [...this.history.sourceLanes, ...tasks].filter(({ label }) => this.filter.matches(label));
    return layOut<LaneOfTask>(found, FIRST_ROW, ({ kind }) => (kind === 'task' ? TASK_HEIGHT : SOURCE_HEIGHT));
  }

  /** The hogs in view. */
  private hogs(): Hog[] {
    const { start, end } = this.view;
    return this.history.taskLanes.flatMap((lane) => {
      const hogs: Hog[] = [];
      for (let index = lane.firstStepFrom(start); index < lane.stepCount; index++) {
        const step = lane.stepAt(index);
        if (step.start > end) break;
        if (step.count === 1 && step.end - step.start > this.hogNanos) hogs.push({ lane, start: step.start, end: step.end, isOpen: false });
      }
      const { runningSince } = lane;
      if (runningSince !== undefined && this.now - runningSince > this.hogNanos) hogs.push({ lane, start: runningSince, end: this.now, isOpen: true });
      return hogs;
    });
  }

  /** The worst of all, that which goes on first. */
  private longestHog(): Hog | undefined {
    const hogs = this.history.taskLanes.flatMap((lane) => notableSteps(lane, this.now)).filter(({ start, end }) => end - start > this.hogNanos);
    return hogs.sort((a, b) => Number(b.isOpen) - Number(a.isOpen) || b.end - b.start - (a.end - a.start))[0];
  }

  /** A program that has come to its end may have taken no more than a pixel of the time that is shown. */
  private showWholeOnceOver(): void {
    const lanes = this.history.taskLanes;
    const isOver = lanes.length > 0 && lanes.every(({ ended }) => ended !== undefined);
    if (isOver && !this.isOver && this.view.state.following) this.showAll();
    this.isOver = isOver;
  }

  private showNotice(): void {
    const hog = this.longestHog();
    const starving = hog?.isOpen ? this.history.taskLanes.filter((lane) => lane !== hog.lane && lane.readySince !== undefined).map(({ name }) => name) : [];
    const sentences = [
      hog === undefined ? `No step longer than ${formatDuration(this.hogNanos)} so far` : sentenceOf(hog),
      ...(starving.length === 0 ? [] : [`meanwhile ${starving.join(', ')} ${starving.length > 1 ? 'wait' : 'waits'} for a turn`]),
      ...(this.missed === 0 ? [] : [`${this.missed.toLocaleString('en')} events came too fast to be shown`]),
      ...(this.history.forgotten === 0 ? [] : [`${this.history.forgotten.toLocaleString('en')} tasks that ended first are no longer remembered`]),
    ];
    const text = `${sentences.join('; ')}.`;
    if (this.notice.textContent !== text) this.notice.textContent = text;
    this.notice.classList.toggle('hog', hog !== undefined);
  }

  private export(): void {
    const { text, resolution } = this.trace();
    save('uasync-trace.json', 'application/json', text);
    if (resolution > 0) this.dispatchEvent(new TellUser(`The trace is large: of what is closer together than ${formatDuration(resolution)} it has only a part. Select less time for all.`));
  }
}
