import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { connectBackend } from './backend/connection.ts';

const backend = await connectBackend();
const root = document.querySelector('#root');
if (root) createRoot(root).render(<App backend={backend} />);
