import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react';
import { commandRegistry } from './registry.ts';
import type { Command } from './registry.ts';

/** Offers commands for as long as the component is on the screen; memoise the list. */
export function useCommands(commands: readonly Command[]): void {
  useLayoutEffect(() => commandRegistry.register(commands), [commands]);
}

/** Every command on the screen now. */
export function useCommandList(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => commandRegistry.subscribe(listener),
    () => commandRegistry.list(),
  );
}

export function useCommand(id: string): Command | undefined {
  return useCommandList().find((command) => command.id === id);
}

/** Listens to the keyboard; once per window. */
export function useShortcuts(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => commandRegistry.handleKey(event);
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
