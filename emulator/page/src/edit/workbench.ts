import type { Example } from '../examples.js';
import type { Compilation, Message } from './compilation.js';
import { Compiler } from './compiler.js';
import { Drafts, type Keeper } from './drafts.js';
import type { Editor } from './editor.js';
import { MessageList } from './message-list.js';

/** Why there is nothing to edit on a page that a web server gives. */
const READ_ONLY = 'To edit it and run it again, open this page with ./uasync demo: that takes the compiler of your machine.';
const NOT_ALONE = 'It cannot be edited here, as its build does not compile this file by itself.';

export interface WorkbenchEvents {
  /** An edited source was compiled: runs it. */
  onImage(image: Uint8Array, text: string): void;
  /** The program as it was is wanted again. */
  onRevert(): void;
  onEdited(program: string, isEdited: boolean): void;
}

/** What somebody edits and compiles: the editor, its buttons, the compiler's messages, and the drafts of all programs. */
export class Workbench {
  private readonly compiler = Compiler.ofPage(document);
  private readonly drafts = new Drafts(sessionKeeper());
  private readonly state = element('edit-state');
  private readonly editButton = element<HTMLButtonElement>('edit');
  private readonly compileButton = element<HTMLButtonElement>('compile');
  private readonly revertButton = element<HTMLButtonElement>('revert');
  private readonly list = new MessageList(element('messages'), (message) => this.editor?.goTo(message));
  private editor: Editor | undefined;
  private isOpen = false;
  private program: Example | undefined;
  /** The program's own source, and the text that runs. */
  private source = '';
  private runs = '';
  private isCompiling = false;
  /** The source was changed meanwhile, and is to be compiled as it is then. */
  private isWantedAgain = false;
  /** What was just compiled, whose result is told. */
  private compiled: string | undefined;

  constructor(private readonly events: WorkbenchEvents) {
    this.editButton.addEventListener('click', () => void this.toggle());
    this.compileButton.addEventListener('click', () => void this.compile());
    this.revertButton.addEventListener('click', () => this.revert());
  }

  get isEditing(): boolean {
    return this.isOpen && this.canEdit;
  }

  isEdited(program: string): boolean {
    return this.drafts.has(program);
  }

  /** A program runs. */
  show(program: Example, source: string, runs: string): void {
    const isAnother = this.program?.name !== program.name;
    if (isAnother) this.giveUp();
    this.program = program;
    this.source = source;
    this.runs = runs;
    if (isAnother) this.list.show([]);
    if (isAnother) this.editor?.show(this.drafts.get(program.name) ?? source);
    else if (!this.drafts.has(program.name)) this.editor?.replace(source); // its file has changed
    this.editor?.run(runs);
    if (runs !== this.compiled) this.tellState(this.stateOf());
    this.compiled = undefined;
    this.showButtons();
  }

  /** What runs has no source here. */
  clear(): void {
    this.giveUp();
    this.program = undefined;
    this.list.show([]);
    this.tellState('');
    this.showButtons();
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

  private async toggle(): Promise<void> {
    if (!this.isOpen && this.editor === undefined) {
      try {
        const { Editor } = await import('./editor.js');
        this.editor ??= new Editor(element('editor'), 'edit-keys', { onChange: (text) => this.change(text), onRun: () => void this.compile() });
      } catch {
        this.tellState('The editor could not be loaded: is ./uasync demo still running?');
        return;
      }
      this.editor.show(this.drafts.get(this.program?.name ?? '') ?? this.source);
      this.editor.run(this.runs);
    }
    this.isOpen = !this.isOpen;
    this.showButtons();
    this.tellState(this.stateOf());
    if (this.isEditing) this.editor?.focus();
  }

  private change(text: string): void {
    const { program } = this;
    if (program === undefined) return;
    const isEdited = text !== this.source;
    this.drafts.set(program.name, isEdited ? text : undefined);
    this.events.onEdited(program.name, isEdited);
    if (!this.isCompiling) this.tellState(this.stateOf());
    this.showButtons();
  }

  private async compile(): Promise<void> {
    const { program, editor, compiler } = this;
    if (program === undefined || editor === undefined || compiler === undefined || !this.isEditing) return;
    if (this.isCompiling) {
      this.isWantedAgain = true;
      return;
    }
    const text = editor.beginCompiling();
    this.isCompiling = true;
    this.isWantedAgain = false;
    this.tellState('Compiling…');
    const result = await compiler.compile(program.name, text);
    if (result === undefined) return; // given up
    this.isCompiling = false;
    if (this.isWantedAgain && editor.text !== text) return this.compile();
    this.tellResult(result);
    if (result.image === undefined) return;
    this.compiled = text;
    this.events.onImage(result.image, text);
  }

  private tellResult({ image, text, messages, seconds }: Compilation): void {
    this.editor?.tell(messages);
    this.list.show(messages);
    const warnings = messages.filter(({ kind }: Message) => kind === 'warning').length;
    const found = warnings === 0 ? '' : warnings === 1 ? ' There is 1 warning.' : ` There are ${warnings} warnings.`;
    this.tellState(image === undefined ? text : `Compiled in ${seconds.toFixed(1)} s.${found}`, image === undefined);
  }

  private revert(): void {
    this.giveUp();
    const wasOther = this.runs !== this.source;
    this.editor?.replace(this.source);
    this.editor?.tell([]);
    this.list.show([]);
    this.tellState(this.stateOf());
    this.showButtons();
    if (wasOther) this.events.onRevert();
    this.editor?.focus();
  }

  /** Something else is wanted than what is being compiled. */
  giveUp(): void {
    if (!this.isCompiling) return;
    this.compiler?.stop();
    this.isCompiling = false;
    this.tellState(this.stateOf());
  }

  /** How what is edited and what runs relate. */
  private stateOf(): string {
    if (this.compiler === undefined) return READ_ONLY;
    if (this.program?.editable !== true) return NOT_ALONE;
    const draft = this.drafts.get(this.program.name);
    if ((draft ?? this.source) === this.runs) return this.isOpen ? (draft === undefined ? 'This is what runs.' : 'Your edits run.') : '';
    if (!this.isOpen) return 'You have edited this program; Edit shows your edits.';
    return draft === undefined ? 'The program runs with your edits from before.' : 'Your edits are kept here, and not compiled yet.';
  }

  private tellState(text: string, failed = false): void {
    if (this.state.textContent !== text) this.state.textContent = text;
    this.state.dataset['kind'] = failed ? 'failed' : '';
  }

  private showButtons(): void {
    const { isEditing } = this;
    this.editButton.hidden = !this.canEdit;
    this.editButton.textContent = isEditing ? 'Close editor' : 'Edit';
    this.compileButton.hidden = this.revertButton.hidden = !isEditing;
    this.revertButton.disabled = !this.drafts.has(this.program?.name ?? '') && this.runs === this.source;
    element('editor').hidden = element('edit-keys').hidden = !isEditing;
    element('source-cpp').hidden = isEditing;
    this.list.isHidden = !isEditing;
  }
}

function element<K extends HTMLElement = HTMLElement>(id: string): K {
  return document.getElementById(id) as K;
}

/** What the browser keeps for this page, unless its user has forbidden it. */
function sessionKeeper(): Keeper | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
