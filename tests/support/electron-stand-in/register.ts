// Loaded first where a whole process stands for Electron: `electron` is the stand-in, and the app becomes
// ready as soon as the main program has been loaded, which is when Electron's may.
import { registerHooks } from 'node:module';
import { app } from './app.ts';

const standIn = new URL('./index.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: standIn, shortCircuit: true, format: 'module-typescript' }
      : next(specifier, context),
});

app.endProcess = (code) => process.exit(code);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit());
setTimeout(() => app.becomeReady(), 100);
