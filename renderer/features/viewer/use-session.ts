import { createContext, useContext, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Observable } from '#renderer/imaging/index.ts';
import type { PaneController } from './session/pane-controller.ts';
import type { ViewerModel } from './session/viewer-model.ts';
import type { ViewerSession } from './session/viewer-session.ts';

const SessionContext = createContext<ViewerSession | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): ViewerSession {
  const session = useContext(SessionContext);
  if (!session) throw new Error('no viewer around this component');
  return session;
}

export function useModel<Value>(select: (model: ViewerModel) => Value): Value {
  return useStore(useSession().model, select);
}

export function useLibrary() {
  const { library } = useSession();
  return useSyncExternalStore(library.subscribe, library.snapshot);
}

export function useObserved<Value>(observable: Observable<Value>): Value {
  return useSyncExternalStore(
    (listener) => observable.subscribe(listener),
    () => observable.get(),
  );
}

/** The pane that keys and menus speak to, once it is on the screen. */
export function useActiveController(): PaneController | undefined {
  const { mounted } = useSession();
  const controllers = useObserved(mounted);
  return controllers.get(useModel(({ layout }) => layout.activePane));
}
