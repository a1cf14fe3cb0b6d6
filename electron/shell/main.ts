// Entry of Electron's main process. Nothing may be awaited here: the scheme has to be known before the app is ready.
import { startShell } from './start-shell.ts';

startShell(import.meta.dirname, process.argv);
