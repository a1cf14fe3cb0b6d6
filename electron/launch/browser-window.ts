import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Browser } from './browsers.ts';
import { framesAtOnce } from './frames-at-once.ts';

/** Windows that are covered or minimised go on receiving, decoding and counting time. */
const withoutThrottling = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];

/** A tool on one machine: no welcome, no updates of its own, nothing sent anywhere. */
const quiet = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-breakpad',
  '--disable-quic',
  '--metrics-recording-only',
  '--password-store=basic',
  '--use-mock-keychain',
  '--disable-features=Translate,OptimizationHints,MediaRouter,CalculateNativeWinOcclusion,IntensiveWakeUpThrottling,WebRtcHideLocalIpsWithMdns,AutofillServerCommunication',
];

/**
 * Addresses are told to the paired workstation only, sealed: names in their place could be resolved by
 * multicast alone. On a machine without a network its two workstations still find each other, and the
 * voice of the other end is heard without a click.
 */
const forPeers = [
  '--allow-loopback-in-peer-connection',
  '--autoplay-policy=no-user-gesture-required',
  `--${framesAtOnce.name}=${framesAtOnce.value}`,
];

/** For pages that work whether or not anybody looks at them. */
export const backgroundArguments: readonly string[] = [...withoutThrottling, ...quiet, ...forPeers];

export interface BrowserWindowOptions {
  readonly browser: Browser;
  readonly url: string;
  readonly dataDir: string;
  readonly language: 'ja' | 'en';
  readonly withoutSandbox: boolean;
}

export function browserArguments({
  url,
  dataDir,
  language,
  withoutSandbox,
}: Omit<BrowserWindowOptions, 'browser'>): string[] {
  return [
    `--app=${url}`,
    // A profile of its own: the doctor's private browser and its extensions never see a patient.
    `--user-data-dir=${path.join(dataDir, 'browser')}`,
    `--lang=${language}`,
    '--window-size=1600,1000',
    ...backgroundArguments,
    ...(withoutSandbox ? ['--no-sandbox'] : []),
  ];
}

/** Chromium refuses to isolate its processes for root. */
export const needsNoSandbox = () => process.platform === 'linux' && process.getuid?.() === 0;

export function hasDisplay(platform: NodeJS.Platform, env: NodeJS.ProcessEnv): boolean {
  return platform !== 'linux' || Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY']);
}

/** Opens an app window; what the browser says meanwhile is kept for the case that it fails. */
export function openBrowserWindow(options: BrowserWindowOptions): {
  process: ChildProcess;
  lastWords: () => string;
} {
  const child = spawn(options.browser.executable, browserArguments(options), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-4000)));
  return { process: child, lastWords: () => words.trim().split('\n').at(-1) ?? '' };
}
