import path from 'node:path';

export interface ShellArguments {
  readonly dataDir: string;
  readonly pageDir: string;
  readonly language: 'ja' | 'en';
}

/**
 * What the launcher passes on, among whatever Chromium adds to the command line. A packaged program
 * is started without any of it.
 */
export function readShellArguments(
  argv: readonly string[],
  defaults: { readonly dataDir: string; readonly pageDir: string },
): ShellArguments {
  const value = (name: string) => {
    const prefix = `--enkaku-${name}=`;
    return argv.find((argument) => argument.startsWith(prefix))?.slice(prefix.length);
  };
  return {
    dataDir: path.resolve(value('data') ?? defaults.dataDir),
    pageDir: path.resolve(value('page') ?? defaults.pageDir),
    language: value('lang') === 'en' ? 'en' : 'ja',
  };
}
