import type { TaskSnapshot } from '../../src/tasks/model.js';
import { Workbench, type WorkbenchEvents } from './edit/workbench.js';
import type { Example } from './examples.js';
import { SourceView } from './source-view.js';
import { taskLines } from './task-lines.js';

/** The sources of what runs: to be read beside the same in MicroPython, or to be edited. */
export class Sources {
  private readonly cpp = new SourceView(element('source-cpp'));
  private readonly python = new SourceView(element('source-py'));
  private readonly workbench: Workbench;
  /** The name of the C++ file that is shown. */
  private file = '';

  constructor(events: WorkbenchEvents) {
    this.workbench = new Workbench(events);
  }

  isEdited(program: string): boolean {
    return this.workbench.isEdited(program);
  }

  /** @param runs the text that runs, if it is not the program's own */
  show(program: Example, source: string, micropython: string | undefined, runs = source): void {
    this.file = program.file ?? `${program.name}.cpp`;
    this.cpp.show(runs, 'cpp');
    if (micropython === undefined) this.python.clear();
    else this.python.show(micropython, 'python');
    element('py-figure').hidden = micropython === undefined;
    element('cpp-figure').hidden = false;
    element('no-source').hidden = true;
    this.workbench.show(program, source, runs);
  }

  /** There is no source of what runs, and a sentence that says why. */
  clear(why: string): void {
    this.file = '';
    this.cpp.clear();
    this.python.clear();
    element('cpp-figure').hidden = element('py-figure').hidden = true;
    const note = element('no-source');
    note.hidden = false;
    note.textContent = why;
    this.workbench.clear();
  }

  /** Something else is to run than what is being compiled. */
  giveUp(): void {
    this.workbench.giveUp();
  }

  /** Puts the names of tasks to the lines at which they, or coroutines that they await, are suspended. */
  mark(snapshot: TaskSnapshot): void {
    const names = taskLines(snapshot, (file) => this.isShown(file));
    this.cpp.mark(names);
    this.workbench.mark(names);
  }

  /** Brings a line into view. False if it is of another file. */
  reveal(file: string, line: number): boolean {
    if (!this.isShown(file)) return false;
    return this.workbench.isEditing ? this.workbench.reveal(line) : this.cpp.reveal(line);
  }

  private isShown(file: string): boolean {
    return this.file !== '' && file.split('/').at(-1) === this.file;
  }
}

function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
