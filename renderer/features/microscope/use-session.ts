import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { MicroscopeSession } from './session/microscope-session.ts';
import type { MicroscopeModel } from './session/session-model.ts';

const SessionContext = createContext<MicroscopeSession | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): MicroscopeSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no microscope around this component');
  return session;
}

/** Part of what the room shows; an object of parts is compared part by part. */
export function useModel<Value>(select: (model: MicroscopeModel) => Value): Value {
  return useStore(useSession().model, useShallow(select));
}
