import path from 'node:path';

export interface ShellArguments {
  readonly dataDir: string;
  readonly pageDir: string;
  /** Undefined: as chosen in the settings. */
  readonly language: 'ja' | 'en' | undefined;
  /** For the backend, which knows what it means. */
  readonly broker: string;
  readonly specimen: string;
  /** False where the system cannot isolate Chromium's processes, and the launcher has said so. */
  readonly isSandboxed: boolean;
}

const languages = ['ja', 'en'] as const;

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
    broker: value('broker') ?? 'embedded',
    specimen: value('specimen') ?? '',
    isSandboxed: !argv.includes('--no-sandbox'),
    language: languages.find((language) => language === value('lang')),
  };
}
