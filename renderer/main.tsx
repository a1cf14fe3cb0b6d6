import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { connectBackend } from './backend/connection.ts';
import { createQueryClient } from './backend/queries.ts';
import { languageOfLink } from './i18n/chosen-language.ts';
import { startTexts } from './i18n/index.ts';
import type { Language } from './i18n/index.ts';
import './styles/index.css';

/** Longer than a backend takes that is well; then the first language does. */
const WAIT_FOR_SETTINGS_MS = 1500;

const connection = connectBackend();
const queryClient = createQueryClient(connection);
startTexts(languageOfLink() ?? (await languageOfSettings()) ?? 'ja');
const root = document.querySelector('#root');
if (root) createRoot(root).render(<App connection={connection} queryClient={queryClient} />);

function languageOfSettings(): Promise<Language | undefined> {
  return Promise.race([
    connection.client.settings.get({}).then(
      ({ language }) => language,
      () => undefined,
    ),
    new Promise<undefined>((resolve) => setTimeout(resolve, WAIT_FOR_SETTINGS_MS, undefined)),
  ]);
}
