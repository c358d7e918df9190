import type { Example, Files } from '../examples.js';
import type { Compilation, Message } from './compilation.js';
import { Compiler } from './compiler.js';
import { Drafts } from './drafts.js';
import type { Editor } from './editor.js';
import { MessageList } from './message-list.js';
import { sessionKeeper } from './session.js';

/** Why there is nothing to edit on a page that a web server gives. */
const READ_ONLY = 'To edit it and run it again, open this page with ./uasync demo: that takes the compiler of your machine.';

const STILL_RUNS = 'The program before still runs.';

/** A program whose sources are shown. */
export type EditedProgram = Pick<Example, 'name' | 'editable'>;

export interface WorkbenchEvents {
  /** A program was compiled with edited files: runs it. */
  onImage(image: Uint8Array, files: Files): void;
  /** The program as it was is wanted again. */
  onRevert(): void;
  onEdited(program: string, isEdited: boolean): void;
  /** Another file is to be shown. */
  onFile(file: string): void;
}

/** What somebody edits and compiles: the editor, its buttons, the compiler's messages, and the drafts of all programs. */
export class Workbench {
  private readonly compiler = Compiler.ofPage(document);
  private readonly drafts = new Drafts(sessionKeeper());
  private readonly state = element('edit-state');
  private readonly editButton = element('edit');
  private readonly compileButton = element('compile');
  private readonly revertButton = element<HTMLButtonElement>('revert');
  private readonly list = new MessageList(element('messages'), (message) => this.goTo(message));
  private editor: Editor | undefined;
  private isOpen = false;
  private program: EditedProgram | undefined;
  /** The program's own files, what runs, and which of the files is shown. */
  private sources: Files = new Map();
  private runs: Files = new Map();
  private file = '';
  private isCompiling = false;
  /** Something was changed meanwhile, and is to be compiled as it is then. */
  private isWantedAgain = false;
  /** The program whose edits are to be seen as soon as it is shown. */
  private toOpen = '';
  /** What was just compiled, whose result is told. */
  private compiled: Files | undefined;

  constructor(private readonly events: WorkbenchEvents) {
    this.editButton.addEventListener('click', () => void this.toggle());
    this.compileButton.addEventListener('click', () => void this.compile());
    this.revertButton.addEventListener('click', () => this.revert());
  }

  get isEditing(): boolean {
    return this.isOpen && this.canEdit;
  }

  isEdited(program: string): boolean {
    return this.drafts.of(program).size > 0;
  }

  /** Whether there is a compiler. */
  get canCompile(): boolean {
    return this.compiler !== undefined;
  }

  /** What the user, or whoever shared the program, has edited of it. */
  get edits(): Files {
    if (this.canCompile) return this.drafts.of(this.program?.name ?? '');
    return new Map([...this.runs].filter(([file, text]) => text !== this.sources.get(file)));
  }

  /** All of the program's files as the user wants them. */
  get texts(): Files {
    return new Map([...this.sources.keys()].map((file) => [file, this.wanted(file)]));
  }

  get runAsEdited(): boolean {
    return isSame(this.runs, (file) => this.wanted(file));
  }

  /** Takes edits for the user's own. False if the user has others, which stay. */
  take(program: string, edits: Files): boolean {
    const before = this.drafts.of(program);
    if (before.size > 0 && !(before.size === edits.size && isSame(before, (file) => edits.get(file) ?? ''))) return false;
    for (const [file, text] of edits) this.drafts.set(program, file, text);
    this.events.onEdited(program, true);
    this.toOpen = program;
    return true;
  }

  /** A program runs. */
  show(program: EditedProgram, sources: Files, runs: Files, file: string): void {
    const isAnother = this.program?.name !== program.name;
    if (isAnother) {
      this.giveUp();
      this.list.show([]);
    }
    this.program = program;
    this.sources = sources;
    this.runs = runs;
    this.showFile(file);
    if (runs !== this.compiled) this.tellState();
    this.compiled = undefined;
    this.showButtons();
    if (this.toOpen === program.name && this.canEdit && !this.isOpen) void this.toggle();
    this.toOpen = '';
  }

  /** Another of the program's files is shown. */
  showFile(file: string): void {
    this.file = file;
    if (this.program === undefined) return;
    this.editor?.show(this.program.name, file, this.wanted(file));
    this.editor?.run(this.runs.get(file) ?? '');
  }

  /** What runs has no source here. */
  clear(): void {
    this.giveUp();
    this.program = undefined;
    this.list.show([]);
    this.tellState('');
    this.showButtons();
  }

  /** Something else is wanted than what is being compiled. */
  giveUp(): void {
    if (!this.isCompiling) return;
    this.compiler?.stop();
    this.isCompiling = false;
    this.tellState();
  }

  /** Puts the names of tasks to lines. */
  mark(names: ReadonlyMap<number, string>): void {
    if (this.isEditing) this.editor?.mark(names);
  }

  reveal(line: number): boolean {
    return this.editor?.reveal(line) ?? false;
  }

  private get canEdit(): boolean {
    return this.compiler !== undefined && this.program?.editable === true;
  }

  /** A file as the user wants it. */
  private wanted(file: string): string {
    // A program that somebody has shared may have the name of one of the user's own, but not its drafts.
    const draft = this.program?.editable === true ? this.drafts.get(this.program.name, file) : undefined;
    return draft ?? this.sources.get(file) ?? '';
  }

  private async toggle(): Promise<void> {
    if (this.editor === undefined) {
      try {
        const { Editor } = await import('./editor.js');
        this.editor ??= new Editor(element('editor'), 'edit-keys', { onChange: (text) => this.change(text), onRun: () => void this.compile() });
      } catch {
        this.tellState('The editor could not be loaded: is ./uasync demo still running?', true);
        return;
      }
      this.showFile(this.file);
    }
    this.isOpen = !this.isOpen;
    this.showButtons();
    this.tellState();
    if (this.isEditing) this.editor.focus();
  }

  private change(text: string): void {
    const { program, file } = this;
    if (program === undefined) return;
    this.drafts.set(program.name, file, text === this.sources.get(file) ? undefined : text);
    this.events.onEdited(program.name, this.isEdited(program.name));
    if (!this.isCompiling) this.tellState();
    this.showButtons();
  }

  private async compile(): Promise<void> {
    const { program, editor, compiler } = this;
    if (program === undefined || editor === undefined || compiler === undefined || !this.isEditing) return;
    if (this.isCompiling) {
      this.isWantedAgain = true;
      return;
    }
    const files = this.texts;
    const edited = new Map([...files].filter(([file, text]) => text !== this.sources.get(file)));
    editor.beginCompiling(program.name);
    this.isCompiling = true;
    this.isWantedAgain = false;
    this.tellState('Compiling…');
    const result = await compiler.compile(program.name, edited);
    if (result === undefined) return; // given up
    this.isCompiling = false;
    if (this.isWantedAgain && !isSame(files, (file) => this.wanted(file))) return this.compile();
    this.tellResult(program.name, result);
    if (result.image === undefined) return;
    this.compiled = files;
    this.events.onImage(result.image, files);
  }

  private tellResult(program: string, { image, text, messages, seconds }: Compilation): void {
    this.editor?.tell(program, messages);
    this.list.show(messages, this.sources.size > 1);
    const warnings = messages.filter(({ kind }: Message) => kind === 'warning').length;
    const found = warnings === 0 ? '' : warnings === 1 ? ' There is 1 warning.' : ` There are ${warnings} warnings.`;
    if (image !== undefined) this.tellState(`Compiled in ${seconds.toFixed(1)} s.${found}`);
    else this.tellState(messages.length === 0 ? text : `${text} ${STILL_RUNS}`, true);
  }

  private goTo(message: Message): void {
    if (message.file !== this.file) this.events.onFile(message.file);
    this.editor?.goTo(message);
  }

  /** Takes back all edits of the program. */
  private revert(): void {
    const { program, editor } = this;
    if (program === undefined || editor === undefined) return;
    this.giveUp();
    for (const file of this.drafts.of(program.name).keys()) if (file !== this.file) this.drafts.set(program.name, file, undefined);
    editor.replace(this.sources.get(this.file) ?? '');
    editor.forgetOthers(program.name);
    editor.tell(program.name, []);
    this.list.show([]);
    this.events.onEdited(program.name, false);
    this.tellState();
    this.showButtons();
    if (!this.runsAsItWas) this.events.onRevert();
    editor.focus();
  }

  private get runsAsItWas(): boolean {
    return isSame(this.runs, (file) => this.sources.get(file) ?? '');
  }

  /** How what is edited and what runs relate. */
  private stateOf(): string {
    const { program } = this;
    if (this.compiler === undefined) return READ_ONLY;
    if (program === undefined || !this.canEdit) return '';
    const isEdited = this.isEdited(program.name);
    if (this.runAsEdited) return this.isOpen ? (isEdited ? 'Your edits run.' : 'This is what runs.') : '';
    if (!this.isOpen) return 'You have edited this program; Edit shows your edits.';
    return isEdited ? 'Your edits are kept here, and not compiled yet.' : 'The program runs with your edits from before.';
  }

  private tellState(text = this.stateOf(), failed = false): void {
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset['kind'] = failed ? 'failed' : '';
  }

  private showButtons(): void {
    const { isEditing } = this;
    this.editButton.hidden = !this.canEdit;
    this.editButton.textContent = isEditing ? 'Close editor' : 'Edit';
    this.compileButton.hidden = this.revertButton.hidden = !isEditing;
    this.revertButton.disabled = !this.isEdited(this.program?.name ?? '') && this.runsAsItWas;
    element('editor').hidden = element('edit-keys').hidden = !isEditing;
    element('source-cpp').hidden = isEditing;
    this.list.isHidden = !isEditing;
  }
}

function isSame(files: Files, other: (file: string) => string): boolean {
  return [...files].every(([file, text]) => text === other(file));
}

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}
