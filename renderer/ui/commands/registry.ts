import { bindingOf, normalBinding } from './keys.ts';
import type { KeyBinding } from './keys.ts';

/** Something the person can do: drives shortcuts, tooltips, the help overlay and the command palette. */
export interface Command {
  /** 'worklist.open'; unique among the commands on the screen. */
  readonly id: string;
  /** In the language of the screen. */
  readonly label: string;
  /** Further words it is found by, for instance its name in the other language. */
  readonly keywords?: string;
  /** Heading it stands under in the help overlay and the palette, in the language of the screen. */
  readonly group: string;
  /** The first one is shown; every one works. */
  readonly keys?: readonly KeyBinding[];
  readonly run: () => void;
  /** Asked at the moment of use; a command without it is always possible. */
  readonly isEnabled?: () => boolean;
  /** For tools and switches: whether it is on now. */
  readonly isActive?: boolean;
  /** Whether a held key runs it again and again. */
  readonly repeats?: boolean;
  /** Only for keys that mean nothing while typing, such as Ctrl+K. */
  readonly worksWhileTyping?: boolean;
  /** Stays out of the palette, like moving to the next row. */
  readonly isHidden?: boolean;
}

/** The commands of everything that is on the screen now. */
export class CommandRegistry {
  readonly #commands = new Map<string, Command>();
  readonly #byKey = new Map<KeyBinding, string>();
  readonly #listeners = new Set<() => void>();
  #snapshot: readonly Command[] = [];

  /** Two commands with one id or one key are a mistake of ours and refused. */
  register(commands: readonly Command[]): () => void {
    this.#refuseDoubles(commands);
    for (const command of commands) {
      this.#commands.set(command.id, command);
      for (const key of keysOf(command)) this.#byKey.set(key, command.id);
    }
    this.#changed();
    return () => {
      for (const command of commands) {
        this.#commands.delete(command.id);
        for (const key of keysOf(command)) this.#byKey.delete(key);
      }
      this.#changed();
    };
  }

  list(): readonly Command[] {
    return this.#snapshot;
  }

  find(id: string): Command | undefined {
    return this.#commands.get(id);
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Runs the command of a key event, if there is one and it may run here. */
  handleKey(event: KeyboardEvent): void {
    const id = this.#byKey.get(bindingOf(event));
    const command = id === undefined ? undefined : this.#commands.get(id);
    if (!command || event.defaultPrevented || event.isComposing) return;
    if (event.repeat && !command.repeats) {
      event.preventDefault();
      return;
    }
    if (!mayFire(event, command) || command.isEnabled?.() === false) return;
    event.preventDefault();
    command.run();
  }

  #refuseDoubles(commands: readonly Command[]): void {
    const ids = new Set(this.#commands.keys());
    const owners = new Map(this.#byKey);
    for (const command of commands) {
      if (ids.has(command.id)) throw new Error(`two commands with the id ${command.id}`);
      ids.add(command.id);
      for (const key of keysOf(command)) {
        const other = owners.get(key);
        if (other !== undefined) throw new Error(`${command.id} and ${other} both want the key ${key}`);
        owners.set(key, command.id);
      }
    }
  }

  #changed(): void {
    this.#snapshot = [...this.#commands.values()];
    for (const listener of this.#listeners) listener();
  }
}

function keysOf(command: Command): readonly KeyBinding[] {
  return (command.keys ?? []).map(normalBinding);
}

const TEXT_FIELDS =
  'textarea, select, [contenteditable]:not([contenteditable=false]), ' +
  'input:not([type=checkbox], [type=radio], [type=button], [type=range], [type=submit])';
const POPUPS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';
const ARROWS = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', 'PageUp', 'PageDown'];

/** Whether the focused element leaves this key to the commands. */
function mayFire(event: KeyboardEvent, command: Command): boolean {
  const target = event.target as Partial<Element> | null;
  if (!target?.closest) return true;
  if (target.closest(TEXT_FIELDS)) return command.worksWhileTyping === true;
  if (target.closest(POPUPS)) return false;
  if (
    ['Enter', 'Space', 'NumpadEnter'].includes(event.code) &&
    target.closest('button, a, [role=checkbox]')
  ) {
    return false;
  }
  return !(ARROWS.includes(event.code) && target.closest('[role=slider], [role=tab], input'));
}

/** Of this window. */
export const commandRegistry = new CommandRegistry();
