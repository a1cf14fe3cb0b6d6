import path from 'node:path';
import { build } from 'vite';
import { root } from './workstation.ts';

/** What `bare-page/main.ts` offers, as one script that defines `barePage` in whatever page runs it. */
export async function bareScript(): Promise<string> {
  const output = await build({
    configFile: path.join(root, 'renderer/vite.config.ts'),
    root: path.join(root, 'tests/support/bare-page'),
    logLevel: 'error',
    build: {
      write: false,
      rollupOptions: {
        input: path.join(root, 'tests/support/bare-page/main.ts'),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const parts = (Array.isArray(output) ? output : [output]).flatMap((each) =>
    'output' in each ? each.output : [],
  );
  const script = parts.find((part) => part.type === 'chunk' && part.isEntry);
  if (script?.type !== 'chunk') throw new Error('the bare page was not built');
  return script.code;
}
