import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { connectBackend } from './backend/connection.ts';
import { createQueryClient } from './backend/queries.ts';
import { asLanguage, startTexts } from './i18n/index.ts';
import './styles/index.css';

startTexts(asLanguage(new URLSearchParams(window.location.search).get('lang')) ?? 'ja');
const connection = connectBackend();
const queryClient = createQueryClient(connection);
const root = document.querySelector('#root');
if (root) createRoot(root).render(<App connection={connection} queryClient={queryClient} />);
