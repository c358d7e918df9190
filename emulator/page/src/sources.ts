import type { TaskSnapshot } from '../../src/tasks/model.js';
import { type EditedProgram, Workbench, type WorkbenchEvents } from './edit/workbench.js';
import type { Example, Files } from './examples.js';
import type { SharedProgram } from './share/shared-program.js';
import { SourceView } from './source-view.js';
import { taskLines } from './task-lines.js';

/** The sources of what runs: to be read beside the same in MicroPython, or to be edited. */
export class Sources {
  private readonly cpp = new SourceView(element('source-cpp'));
  private readonly python = new SourceView(element('source-py'));
  private readonly choice = element('source-file') as HTMLSelectElement;
  private readonly workbench: Workbench;
  private program = '';
  /** The texts that run, and the one that is shown. */
  private runs: Files = new Map();
  private file = '';
  private tasks: TaskSnapshot | undefined;
  /** What is shown does not run, so that lines of what runs mean nothing. */
  private isOnlyShown = false;

  constructor(events: Omit<WorkbenchEvents, 'onFile'>) {
    this.workbench = new Workbench({ ...events, onFile: (file) => this.showFile(file) });
    this.choice.addEventListener('change', () => this.showFile(this.choice.value));
  }

  isEdited(program: string): boolean {
    return this.workbench.isEdited(program);
  }

  /** The files that the user has edited of the program that is shown, and all of its files as the user wants them. */
  get edits(): Files {
    return this.workbench.edits;
  }

  get texts(): Files {
    return this.workbench.texts;
  }

  /** Whether what runs was compiled from them: without a compiler, by whoever has shared it. */
  get runAsEdited(): boolean {
    return this.workbench.canCompile ? this.workbench.runAsEdited : !this.isOnlyShown;
  }

  /**
   * Takes edits that somebody has shared, before the program is shown: as the user's own, which the user may compile. On a page without
   * a compiler they are shown, and do not run unless they were shared with their image.
   *
   * @returns the texts to be shown instead of the program's own, if any
   */
  take({ name, title }: Example, sources: Files, { sources: edits, image }: SharedProgram, teller: { tell(text: string): void }): Files | undefined {
    const known = new Map([...edits].filter(([file]) => sources.has(file)));
    if (known.size === 0) return undefined;
    const isTaken = !this.workbench.canCompile || this.workbench.take(name, known);
    if (!isTaken) teller.tell(`You have edits of your own of "${title}", which stay. To get those that were shared, revert yours, and open the link or the file again.`);
    this.isOnlyShown = image === undefined && !this.workbench.canCompile;
    if (this.isOnlyShown) teller.tell(`The edits of "${title}" that were shared are shown below, and do not run: this page has no compiler. Open the link with ./uasync demo, or ask for the file.`);
    return image !== undefined || this.isOnlyShown ? new Map([...sources, ...known]) : undefined;
  }

  /** @param runs the texts that run, if they are not the program's own */
  show(program: EditedProgram, sources: Files, micropython: string | undefined, runs?: Files): void {
    const names = [...sources.keys()];
    if (this.program !== program.name || !names.includes(this.file)) this.file = names[0] ?? '';
    this.program = program.name;
    this.isOnlyShown &&= runs !== undefined;
    this.runs = runs ?? sources;
    this.choice.replaceChildren(...names.map((name) => new Option(name, name)));
    this.choice.value = this.file;
    element('file-choice').hidden = names.length < 2;
    this.cpp.show(this.runs.get(this.file) ?? '', 'cpp');
    if (micropython === undefined) this.python.clear();
    else this.python.show(micropython, 'python');
    element('py-figure').hidden = micropython === undefined;
    element('cpp-figure').hidden = false;
    element('no-source').hidden = true;
    this.workbench.show(program, sources, this.runs, this.file);
  }

  /** There is no source of what runs, and a sentence that says why. */
  clear(why: string): void {
    this.program = this.file = '';
    this.runs = new Map();
    this.cpp.clear();
    this.python.clear();
    element('cpp-figure').hidden = element('py-figure').hidden = element('file-choice').hidden = true;
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
    this.tasks = snapshot;
    if (this.isOnlyShown) return;
    const names = taskLines(snapshot, (path) => this.file !== '' && isAt(path, this.file));
    this.cpp.mark(names);
    this.workbench.mark(names);
  }

  /** Brings a line into view. False if it is of another file. */
  reveal(path: string, line: number): boolean {
    const file = [...this.runs.keys()].find((name) => isAt(path, name));
    if (file === undefined) return false;
    if (file !== this.file) this.showFile(file);
    return this.workbench.isEditing ? this.workbench.reveal(line) : this.cpp.reveal(line);
  }

  private showFile(file: string): void {
    this.file = this.choice.value = file;
    this.cpp.show(this.runs.get(file) ?? '', 'cpp');
    this.workbench.showFile(file);
    if (this.tasks !== undefined) this.mark(this.tasks);
  }
}

/** Whether a path of the debug information is that of a file, which is named relative to its program's folder. */
function isAt(path: string, file: string): boolean {
  return path === file || path.endsWith(`/${file}`);
}

function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
