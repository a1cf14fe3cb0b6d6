import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseSpecimen } from '#shared/contract/specimen.ts';
import { parseBroker } from '#shared/link/broker-choice.ts';
import { defaultDataDir } from './default-data-dir.ts';

const shells = ['electron', 'chromium', 'none'] as const;

export interface LaunchArguments {
  readonly dataDir: string;
  readonly port: number;
  readonly language: 'ja' | 'en';
  /** Otherwise the page speaks the language chosen in its settings. */
  readonly isLanguageGiven: boolean;
  /** Undefined: Electron if it can be had, a browser's window otherwise. */
  readonly shell: (typeof shells)[number] | undefined;
  /** Serve without a window and print the ready line. */
  readonly isHeadless: boolean;
  /** `embedded`, `embedded:HOST:PORT` or the URL of an MQTT broker. */
  readonly broker: string;
  /** `FILE` or `FILE@MICROMETRES-PER-PIXEL` under the simulated microscope, absolute; empty: as chosen before. */
  readonly specimen: string;
}

/** Throws an `Error` whose message says in English what is wrong. */
export function parseLaunchArguments(args: readonly string[]): LaunchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      port: { type: 'string', default: '0' },
      lang: { type: 'string' },
      shell: { type: 'string' },
      broker: { type: 'string', default: 'embedded' },
      specimen: { type: 'string' },
      'no-window': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) throw new Error(`--port ${values.port}`);
  const { lang: language = 'ja' } = values;
  if (language !== 'ja' && language !== 'en') throw new Error(`--lang ${language}`);
  const shell = shells.find((name) => name === values.shell);
  if (values.shell !== undefined && shell === undefined) throw new Error(`--shell ${values.shell}`);
  if (!parseBroker(values.broker)) throw new Error(`--broker ${values.broker}`);
  if (values.specimen !== undefined && !parseSpecimen(values.specimen))
    throw new Error(`--specimen ${values.specimen}`);
  if (values.data === '') throw new Error('--data is empty');
  return {
    dataDir: path.resolve(values.data ?? defaultDataDir(process.platform, process.env, os.homedir())),
    port,
    language,
    isLanguageGiven: values.lang !== undefined,
    shell,
    isHeadless: values['no-window'],
    broker: values.broker,
    specimen: values.specimen === undefined ? '' : path.resolve(values.specimen),
  };
}
