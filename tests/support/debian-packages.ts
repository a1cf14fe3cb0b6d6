import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** What the tests run against, by the file that shows it is there. */
const needed: Readonly<Record<string, string>> = {
  chromium: '/usr/bin/chromium',
  xvfb: '/usr/bin/Xvfb',
  dcmtk: '/usr/bin/dcmdump',
  dicom3tools: '/usr/bin/dciodvfy',
  'python3-pydicom': '/usr/lib/python3/dist-packages/pydicom/__init__.py',
  'python3-numpy': '/usr/lib/python3/dist-packages/numpy/__init__.py',
  mosquitto: '/usr/sbin/mosquitto',
  coturn: '/usr/bin/turnserver',
  socat: '/usr/bin/socat',
  libfaketime: '/usr/share/doc/libfaketime/copyright',
  strace: '/usr/bin/strace',
  'libopenjp2-tools': '/usr/bin/opj_decompress',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
};

/** Installs what is missing where that is allowed; otherwise throws a sentence that says what to install. */
export function ensureDebianPackages(): void {
  const missing = Object.keys(needed).filter((name) => !existsSync(needed[name] ?? ''));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`The tests need Debian packages that are not installed. Run as root:\n  ${command}`);
  }
  console.log(`Installing for the tests: ${missing.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const step of ['apt-get update', command]) {
    const { status, stderr } = spawnSync('/bin/sh', ['-c', step], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`"${step}" failed:\n${stderr}`);
  }
}
