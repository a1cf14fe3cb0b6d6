import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPLICIT_BIG_ENDIAN, IMPLICIT_LITTLE_ENDIAN } from '#shared/dicom/transfer-syntax.ts';
import { hasPublicFiles, publicFiles } from '#tests/support/dicom-files.ts';
import { imageFile, instancePath, studyUid, wordsOf } from '#tests/support/made-instances.ts';
import { root, runCommand, startWorkstation, temporaryDirectory } from '#tests/support/workstation.ts';
import type { Workstation } from '#tests/support/workstation.ts';

const run = promisify(execFile);
const folder = temporaryDirectory();
const made = path.join(folder.path, 'made');
let workstation: Workstation;
let other: Workstation;

/** Public files with every way to store pixels; without them those made here have to do. */
const sources = hasPublicFiles
  ? [
      'transfer-syntaxes-cornerstone',
      'multiframe-dicomparser',
      'pydicom-data',
      'pydicom/test_files',
      'weasis',
    ].map((name) => path.join(publicFiles, name))
  : [];

beforeAll(async () => {
  mkdirSync(made);
  const shape = { rows: 4, columns: 6 };
  const pixels = wordsOf(...Array.from({ length: 24 }, (_, index) => index * 100));
  const patient = { id: 'WEB1', name: 'KITA^HANAKO=北^花子=キタ^ハナコ' };
  for (const [index, transferSyntaxUid] of [
    '1.2.840.10008.1.2.1',
    IMPLICIT_LITTLE_ENDIAN,
    EXPLICIT_BIG_ENDIAN,
  ].entries()) {
    const file = imageFile({ patient, instance: index + 1, shape, pixels, transferSyntaxUid });
    writeFileSync(path.join(made, `${index}.dcm`), file);
  }
  const data = path.join(folder.path, 'a');
  const imported = await runCommand('electron/commands/import.ts', ['--data', data, made, ...sources]);
  expect([0, 2]).toContain(imported.code);
  workstation = await startWorkstation(data);
  other = await startWorkstation(path.join(folder.path, 'b'));
}, 300_000);

afterAll(async () => {
  await Promise.all([workstation?.stop(), other?.stop()]);
  folder.remove();
});

test('Python with pydicom finds, reads and stores everything', async () => {
  const { stdout, stderr } = await run(
    '/usr/bin/python3',
    [
      path.join(root, 'tests/support/dicomweb_client.py'),
      workstation.dicomweb,
      workstation.token,
      other.dicomweb,
      other.token,
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  );
  console.log(stderr.trim());
  const summary = JSON.parse(stdout) as Record<'studies' | 'instances' | 'frames' | 'stored', number> & {
    problems: string[];
  };
  console.log(`Python: ${summary.instances} instances, ${summary.frames} frames, ${summary.stored} stored`);
  expect(summary.problems).toEqual([]);
  expect(summary.instances).toBeGreaterThanOrEqual(hasPublicFiles ? 150 : 3);
  expect(summary.stored).toBe(summary.instances);
}, 600_000);

describe('curl', () => {
  const curl = async (...args: readonly string[]) => {
    const { stdout } = await run('curl', ['-s', ...args], { encoding: 'buffer', maxBuffer: 1024 * 1024 });
    return stdout;
  };
  const status = async (...args: readonly string[]) =>
    (await curl('-o', path.join(folder.path, 'body'), '-w', '%{http_code}', ...args)).toString();
  const bearer = () => ['-H', `Authorization: Bearer ${workstation.token}`];
  const instance = () => `${workstation.dicomweb}${instancePath()}`;

  test('without the token, or from a foreign page, nothing is said', async () => {
    const { dicomweb } = workstation;
    expect(await status(`${dicomweb}/studies`)).toBe('401');
    expect(await status('-H', 'Authorization: Bearer wrong', `${dicomweb}/studies`)).toBe('401');
    expect(await status('-X', 'POST', '-d', 'x', `${dicomweb}/studies`)).toBe('401');
    expect(await status(...bearer(), '-H', 'Host: evil.example', `${dicomweb}/studies`)).toBe('403');
    expect(await status(...bearer(), '-H', 'Origin: https://evil.example', `${dicomweb}/studies`)).toBe(
      '403',
    );
    expect(await status(...bearer(), `${dicomweb}/studies`)).toBe('200');
  });

  test('HEAD tells what GET would give, parts can be had alone', async () => {
    const octets = ['-H', 'Accept: application/octet-stream'];
    const head = (await curl(...bearer(), ...octets, '-I', `${instance()}/frames/1`)).toString();
    expect(head).toMatch(/^HTTP\/1.1 200/);
    expect(head).toMatch(/content-length: 48/i);
    const part = await curl(...bearer(), ...octets, '-r', '2-5', `${instance()}/frames/1`);
    expect([...part]).toEqual([...wordsOf(100, 200)]);
  });

  test('an instance is stored and comes back', async () => {
    const file = path.join(made, 'curl.dcm');
    writeFileSync(file, imageFile({ study: 50, shape: { rows: 1, columns: 2 }, pixels: wordsOf(7, 8) }));
    const stored = await status(
      ...bearer(),
      '-H',
      'Content-Type: application/dicom',
      '-H',
      'Expect: 100-continue',
      '--data-binary',
      `@${file}`,
      `${workstation.dicomweb}/studies`,
    );
    expect(stored).toBe('200');
    const frame = await curl(
      ...bearer(),
      '-H',
      'Accept: application/octet-stream',
      `${workstation.dicomweb}${instancePath(50)}/frames/1`,
    );
    expect([...frame]).toEqual([...wordsOf(7, 8)]);
  });
});

const ORTHANC = '/usr/sbin/Orthanc';
const PLUGIN = '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Orthanc with its DICOMweb plugin, which knows our workstation as the server `enkaku`. */
async function startOrthanc() {
  const port = await freePort();
  const configuration = path.join(folder.path, 'orthanc.json');
  writeFileSync(
    configuration,
    JSON.stringify({
      Name: 'peer',
      StorageDirectory: path.join(folder.path, 'orthanc'),
      IndexDirectory: path.join(folder.path, 'orthanc'),
      HttpPort: port,
      DicomServerEnabled: false,
      RemoteAccessAllowed: false,
      AuthenticationEnabled: false,
      Plugins: [PLUGIN],
      DicomWeb: {
        Enable: true,
        Servers: {
          enkaku: {
            Url: workstation.dicomweb,
            HttpHeaders: { Authorization: `Bearer ${workstation.token}` },
            HasDelete: '0',
          },
        },
      },
    }),
  );
  const child = spawn(ORTHANC, [configuration], { stdio: 'ignore' });
  const ask = async (target: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${port}${target}`, {
      ...(body !== undefined && {
        method: 'POST',
        body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
      }),
    });
    if (!response.ok) throw new Error(`Orthanc: ${response.status} ${await response.text()}`);
    return (await response.json()) as unknown;
  };
  await expect
    .poll(
      () =>
        ask('/system').then(
          () => true,
          () => false,
        ),
      { timeout: 30_000 },
    )
    .toBe(true);
  return {
    ask,
    stop: () => {
      child.kill('SIGTERM');
      return new Promise((resolve) => child.on('exit', resolve));
    },
  };
}

test('Orthanc queries, stores and retrieves', async (context) => {
  if (!existsSync(ORTHANC) || !existsSync(PLUGIN))
    context.skip('orthanc and orthanc-dicomweb are not installed');
  const orthanc = await startOrthanc();
  try {
    const found = (await orthanc.ask('/dicom-web/servers/enkaku/qido', {
      Uri: '/studies',
      Arguments: { PatientID: 'WEB1' },
    })) as Record<string, { Value: unknown }>[];
    expect(found).toHaveLength(1);
    expect(JSON.stringify(found[0])).toContain(studyUid());

    const own = imageFile({
      study: 60,
      patient: { id: 'FROM-ORTHANC' },
      shape: { rows: 1, columns: 2 },
      pixels: wordsOf(1, 2),
    });
    const { ID } = (await orthanc.ask('/instances', own)) as { ID: string };
    await orthanc.ask('/dicom-web/servers/enkaku/stow', { Resources: [ID], Synchronous: true });
    const stored = await fetch(`${workstation.dicomweb}/studies?PatientID=FROM-ORTHANC`, {
      headers: { Authorization: `Bearer ${workstation.token}` },
    });
    expect((await stored.json()) as unknown[]).toHaveLength(1);

    await orthanc.ask('/dicom-web/servers/enkaku/retrieve', {
      Resources: [{ Study: studyUid() }],
      Synchronous: true,
    });
    const [retrieved] = (await orthanc.ask('/tools/find', {
      Level: 'Study',
      Query: { PatientID: 'WEB1' },
      Expand: true,
    })) as { ID: string }[];
    const instances = (await orthanc.ask(`/studies/${retrieved?.ID}/instances`)) as unknown[];
    expect(instances).toHaveLength(3);
  } finally {
    await orthanc.stop();
  }
}, 120_000);
