import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { expect, test } from 'vitest';
import { root } from '#tests/support/workstation.ts';
import { installedElectron } from '../../../electron/launch/electron-binary.ts';

// What electron-builder itself loads; it is no dependency of ours.
const BUILDER_CONFIG = path.join(root, 'node_modules/app-builder-lib/out/util/config/config.js');
const require = createRequire(import.meta.url);

interface Config {
  readonly linux: { readonly target: readonly string[] };
  readonly win: { readonly target: readonly string[] };
  readonly mac: { readonly target: readonly string[] };
  readonly npmRebuild: boolean;
}

async function loadConfig(): Promise<Config> {
  const { getConfig } = require(BUILDER_CONFIG) as {
    getConfig: (projectDir: string, file: null, options: null) => Promise<Config>;
  };
  return getConfig(root, null, null);
}

async function validate(config: unknown): Promise<void> {
  const { validateConfiguration } = require(BUILDER_CONFIG) as {
    validateConfiguration: (config: unknown, logger: object) => Promise<void>;
  };
  await validateConfiguration(config, { isEnabled: false, add: () => {} });
}

test("electron-builder's own schema accepts the configuration, and would refuse another", async () => {
  const config = await loadConfig();
  await validate(config);
  await expect(validate({ ...config, invented: true })).rejects.toThrow(/invented/);
});

test('AppImage and deb, nsis, dmg; nothing is compiled and no source map is shipped', async () => {
  const config = await loadConfig();
  expect(config.linux.target).toEqual(['AppImage', 'deb']);
  expect(config.win.target).toEqual(['nsis']);
  expect(config.mac.target).toEqual(['dmg']);
  expect(config.npmRebuild).toBe(false);
  expect(readFileSync(path.join(root, 'electron-builder.yml'), 'utf8')).toContain("'!**/*.map'");
});

test('the program that the package starts is the one that is built', () => {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { main: string };
  expect(manifest.main).toBe('out/electron/main.js');
});

test('where the Electron binary cannot be had, this is said at once', (context) => {
  if (installedElectron(path.join(root, 'node_modules/electron')) !== undefined) {
    context.skip('the Electron binary is here');
  }
  const startMs = Date.now();
  const { status, stderr } = spawnSync(process.execPath, ['electron/package.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_MIRROR: 'http://127.0.0.1:65534/' },
  });
  expect(status).toBe(1);
  expect(stderr).toContain('ECONNREFUSED');
  expect(stderr).toContain('needs the Electron binary');
  // Generous: what matters is that nothing was built or waited for.
  expect(Date.now() - startMs).toBeLessThan(30_000);
});
