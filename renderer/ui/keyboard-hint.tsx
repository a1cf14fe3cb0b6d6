import { keyCaps } from './commands/keys.ts';
import type { KeyBinding } from './commands/keys.ts';
import styles from './keyboard-hint.module.css';

/** A key drawn as its caps. */
export function KeyboardHint({ binding }: { binding: KeyBinding }) {
  return (
    <span className={styles['hint']}>
      {keyCaps(binding).map((cap) => (
        <kbd key={cap} className={styles['cap']}>
          {cap}
        </kbd>
      ))}
    </span>
  );
}
