import { useState, useSyncExternalStore } from 'react';
import { Store } from '#renderer/imaging/observable.ts';

/** Something with a life of its own (a feed, a painter, a connection) that an effect brings and takes away. */
export function useCell<Value>(): readonly [Value | undefined, (value: Value | undefined) => void] {
  const [cell] = useState(() => new Store<Value | undefined>(undefined));
  const [put] = useState(() => (value: Value | undefined) => cell.set(value));
  return [useSyncExternalStore(cell.subscribe, cell.get), put];
}
