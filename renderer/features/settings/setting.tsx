import type { ReactNode } from 'react';
import styles from './setting.module.css';

export interface SettingProps {
  readonly title: string;
  /** What it means for the person, and what it does not. */
  readonly text?: ReactNode;
  /** Below its explanation instead of beside it, for what needs the width. */
  readonly isStacked?: boolean;
  readonly children: ReactNode;
}

/** One choice with its explanation. */
export function Setting({ title, text, isStacked, children }: SettingProps) {
  return (
    <div className={styles['setting']} data-stacked={isStacked}>
      <div>
        <h3 className={styles['title']}>{title}</h3>
        {text !== undefined && <div className={styles['text']}>{text}</div>}
      </div>
      <div className={styles['control']}>{children}</div>
    </div>
  );
}

/** Names and values, one per line. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className={styles['facts']}>
      {facts.map(([name, value]) => (
        <div key={name} className={styles['fact']}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Paragraph({ children }: { children: ReactNode }) {
  return <p className={styles['paragraph']}>{children}</p>;
}
