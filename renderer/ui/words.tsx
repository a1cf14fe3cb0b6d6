import { createContext, useContext } from 'react';

/** The few words the controls themselves need; `app` fills them in, in the language of the screen. */
export interface ControlWords {
  readonly close: string;
  readonly clear: string;
  readonly dismiss: string;
}

const WordsContext = createContext<ControlWords>({ close: '閉じる', clear: '消去', dismiss: '通知を閉じる' });

export const ControlWordsProvider = WordsContext.Provider;

export function useControlWords(): ControlWords {
  return useContext(WordsContext);
}
