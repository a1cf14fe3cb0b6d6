/** What each folder may import: packages by name, ours by folder. Anything not listed is forbidden. */
export interface FolderLaw {
  readonly folder: string;
  /** Folders of ours; a folder may always import itself. */
  readonly ours: readonly string[];
  /** npm packages; 'node:' stands for Node's own modules, '*' for any package. */
  readonly packages: readonly string[];
}

const SERVICE = 'electron/backend/services/';
const FEATURE = 'renderer/features/';

/** The most specific folder decides. */
export const laws: readonly FolderLaw[] = [
  { folder: 'shared/domain', ours: [], packages: ['zod'] },
  { folder: 'shared/dicom', ours: ['shared/domain'], packages: ['dicom-parser'] },
  { folder: 'shared/rpc', ours: [], packages: ['zod'] },
  { folder: 'shared/motion', ours: ['shared/domain'], packages: ['zod'] },
  {
    folder: 'shared/link',
    ours: ['shared/domain', 'shared/motion', 'shared/rpc'],
    packages: ['zod', 'jose'],
  },
  {
    folder: 'shared/contract',
    ours: ['shared/domain', 'shared/motion', 'shared/link', 'shared/rpc'],
    packages: ['zod'],
  },
  {
    // No database, no page, no network is needed to stop: it knows only rules, wire and the seal of the link.
    folder: 'electron/device-host',
    ours: ['shared/domain', 'shared/motion', 'shared/rpc', 'shared/contract', 'shared/link/seal.ts'],
    packages: ['node:', 'serialport', 'zod'],
  },
  {
    folder: 'electron/backend/processes',
    ours: ['shared', 'electron/backend/keys.ts', 'electron/backend/sealed-file.ts'],
    packages: ['node:', 'aedes', 'better-sqlite3', 'dcmjs', 'dcmjs-codecs', 'fast-png', 'yauzl'],
  },
  {
    folder: 'electron/backend/database',
    ours: ['shared', 'electron/backend/keys.ts'],
    packages: ['node:', 'better-sqlite3'],
  },
  {
    folder: 'electron/backend/transport',
    ours: ['shared', 'electron/backend/log.ts', 'electron/page'],
    packages: ['node:', 'ws'],
  },
  {
    folder: 'electron/backend/dicomweb',
    ours: ['shared', 'electron/backend/log.ts', 'electron/backend/processes', 'electron/backend/transport'],
    packages: ['node:'],
  },
  {
    folder: 'electron/backend/services',
    ours: [
      'shared',
      'electron/backend/database',
      'electron/backend/processes',
      'electron/backend/log.ts',
      'electron/backend/clock.ts',
      'electron/backend/keys.ts',
      'electron/backend/pages.ts',
      'electron/backend/sealed-file.ts',
    ],
    packages: ['node:', 'better-sqlite3', 'jose', 'mqtt', 'zod'],
  },
  {
    folder: 'electron/backend',
    ours: ['shared', 'electron/backend', 'electron/page'],
    packages: ['node:', 'pino', 'better-sqlite3'],
  },
  { folder: 'electron/commands', ours: ['shared', 'electron/backend'], packages: ['node:'] },
  { folder: 'electron/page', ours: [], packages: ['node:', 'vite'] },
  {
    folder: 'electron/shell',
    ours: [
      'shared',
      'electron/page',
      'electron/launch/sentences.ts',
      'electron/launch/default-data-dir.ts',
      'electron/launch/electron-window.ts',
      'electron/launch/frames-at-once.ts',
    ],
    packages: ['node:', 'electron'],
  },
  {
    folder: 'electron/launch',
    ours: ['shared', 'resources', 'electron/page'],
    packages: ['node:', 'vite', '@electron/get'],
  },
  {
    folder: 'electron/launch.ts',
    ours: ['shared', 'electron/launch', 'electron/page'],
    packages: ['node:'],
  },
  {
    folder: 'electron/package.ts',
    ours: ['electron/launch', 'electron/page'],
    packages: ['node:'],
  },
  {
    folder: 'renderer/ui',
    ours: ['renderer/styles'],
    packages: ['react', 'react-dom', '@base-ui/react', 'lucide-react', '@tanstack/react-virtual'],
  },
  {
    folder: 'renderer/imaging',
    ours: ['shared'],
    packages: ['@cornerstonejs/core'],
  },
  {
    // Cornerstone3D's codecs without its image loader, which changes values (docs/decisions/0020).
    folder: 'renderer/imaging/decode',
    ours: ['shared'],
    packages: [
      '@cornerstonejs/codec-charls',
      '@cornerstonejs/codec-libjpeg-turbo-8bit',
      '@cornerstonejs/codec-openjpeg',
      '@cornerstonejs/codec-openjph',
      'dcmjs-codecs',
    ],
  },
  {
    // Peers, channels and media between two pages; the only room that knows simple-peer.
    folder: 'renderer/link',
    ours: ['shared', 'renderer/backend'],
    packages: ['simple-peer', 'zxing-wasm'],
  },
  {
    // The picture of the microscope before anybody looks at it: camera or simulated optics, stamp, stills, map.
    folder: 'renderer/microscopy',
    ours: ['shared', 'renderer/backend'],
    packages: [],
  },
  { folder: 'renderer/backend', ours: ['shared'], packages: ['react', '@tanstack/react-query'] },
  { folder: 'renderer/i18n', ours: ['shared', 'resources'], packages: ['i18next', 'react-i18next', 'react'] },
  { folder: 'renderer/styles', ours: [], packages: [] },
  {
    folder: 'renderer/features',
    ours: [
      'renderer/ui',
      'renderer/imaging',
      'renderer/link',
      'renderer/microscopy',
      'renderer/backend',
      'renderer/i18n',
      'renderer/styles',
      'shared',
      'resources',
    ],
    packages: [
      'react',
      'react-dom',
      'lucide-react',
      'zustand',
      '@tanstack/react-query',
      '@tanstack/react-virtual',
      '@base-ui/react',
      'react-i18next',
    ],
  },
  { folder: 'renderer', ours: ['renderer', 'shared', 'resources'], packages: ['*'] },
  { folder: 'resources', ours: [], packages: [] },
  { folder: 'tests', ours: ['shared', 'electron', 'renderer', 'resources', 'tests'], packages: ['*'] },
];

/** Services and features know nothing of their siblings: their law is that of one folder each. */
export const siblingFolders = [SERVICE, FEATURE];
