import { createContext } from 'react';
import type { ReactNode } from 'react';

/** What has to stay within reach while a question covers everything else; stands at the head of every dialog. */
export const DialogCompanion = createContext<ReactNode>(null);
