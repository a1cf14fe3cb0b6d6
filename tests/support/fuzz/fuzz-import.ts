import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { refusalCodes } from '#shared/domain/refusal.ts';
import { processesWith } from '../stray-processes.ts';
import { root } from '../workstation.ts';
import type { FuzzCase } from './fuzz-case.ts';
import { openEverything } from './fuzz-open.ts';

/** What became of one batch. */
export interface BatchResult {
  /** Sentences about broken promises; empty if all held. */
  readonly violations: readonly string[];
  readonly durable: number;
  readonly duplicates: number;
  readonly refusedByCode: Readonly<Record<string, number>>;
  /** How many of the durable ones could be shown, are no images, or say why they cannot be shown. */
  readonly opened: Readonly<Record<string, number>>;
  readonly peakBackendBytes: number;
  readonly peakHelperBytes: number;
  readonly peakCodecBytes: number;
  readonly seconds: number;
}

interface ImportLine {
  readonly imported: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly rejected: readonly { readonly file: string; readonly code: string }[];
}

/** Between two looks at the memory of all processes. */
const WATCH_INTERVAL_MS = 200;
/** Far more than a batch takes; an import that is still running then hangs. */
const HANG_MS = 600_000;
/** Of any process of an import: a helper that has read nothing yet holds about 100 MiB. */
const LARGEST_PROCESS_BYTES = 640 * 1024 * 1024;
const RUN_VARIABLE = 'ENKAKU_FUZZ_RUN';

/**
 * Imports one batch with the command that people use, in a folder where every write outside the data
 * folder shows, and checks what has to hold whatever the files were.
 */
export async function importBatch(
  sandbox: string,
  cases: readonly FuzzCase[],
  witnesses: readonly Buffer[],
): Promise<BatchResult> {
  const folders = Object.fromEntries(
    ['input', 'home', 'tmp', 'cwd', 'data'].map((name) => [name, path.join(sandbox, name)]),
  ) as Record<'input' | 'home' | 'tmp' | 'cwd' | 'data', string>;
  rmSync(folders.input, { recursive: true, force: true });
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const given = writeInput(folders.input, cases, witnesses);
  const before = listing(folders.input);
  const run = await runImport(folders, given.extraPaths);
  const violations: string[] = [];
  const must = (holds: boolean, sentence: string) => {
    if (!holds) violations.push(sentence);
  };
  must(
    run.code === 0 || run.code === 2,
    `the import ended with ${run.code ?? run.signal}: ${run.stderr.slice(-300)}`,
  );
  must(!run.hung, 'the import hung');
  must(JSON.stringify(listing(folders.input)) === JSON.stringify(before), 'the import changed its source');
  for (const name of ['home', 'tmp', 'cwd'] as const) {
    must(
      readdirSync(folders[name]).length === 0,
      `something was written to ${name}: ${readdirSync(folders[name]).join()}`,
    );
  }
  must(
    readdirSync(sandbox).length === 5,
    `something was written beside the data folder: ${readdirSync(sandbox).join()}`,
  );
  must(readdirSync(path.join(folders.data, 'staging')).length === 0, 'something was left in staging');
  const line = lastLine(run.stdout);
  if (!line) return { ...result(run, violations), violations: [...violations, 'no last line'] };
  const rejectedByFile = new Map(line.rejected.map((each) => [each.file, each.code]));
  for (const { file, code } of line.rejected) {
    must((refusalCodes as readonly string[]).includes(code), `${file} was refused with ${code}`);
    must(
      code !== 'parse-crashed' && code !== 'parse-timeout',
      `${path.basename(file)} ended its helper: ${code}`,
    );
  }
  const archive = readArchive(folders.data, must);
  for (const { file, sha256, isWitness, name } of given.files) {
    const isRefused = rejectedByFile.has(file);
    const isKept =
      archive.fileSha256s.has(sha256) || (!isRefused && isDuplicate(readFileSync(file), archive));
    must(isKept !== isRefused, `${name} is ${isKept ? 'both kept and' : 'neither kept nor'} refused`);
    if (isWitness) must(isKept && !isRefused, `a good file was lost beside ${name}`);
  }
  for (const name of ['peakBackendBytes', 'peakHelperBytes'] as const) {
    must(run[name] < LARGEST_PROCESS_BYTES, `${name} ${run[name]}`);
  }
  const opening = await openEverything(
    folders.data,
    archive.databaseFile,
    (sha256) => given.files.find((each) => each.sha256 === sha256)?.name ?? `in an archive: ${sha256}`,
  );
  violations.push(...opening.violations);
  return {
    ...result(run, violations),
    durable: line.imported + line.conflicts,
    duplicates: line.duplicates,
    opened: opening.opened,
    peakCodecBytes: opening.peakCodecBytes,
    refusedByCode: countCodes(line),
  };
}

function writeInput(input: string, cases: readonly FuzzCase[], witnesses: readonly Buffer[]) {
  const files: { file: string; sha256: string; isWitness: boolean; name: string }[] = [];
  const extraPaths: string[] = [];
  const add = (name: string, bytes: Buffer, isWitness: boolean) => {
    const file = path.join(input, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    return { file, sha256: sha256Of(bytes), isWitness, name };
  };
  for (const { index, bytes, container } of cases) {
    const name = `case-${String(index).padStart(8, '0')}`;
    if (container === 'zip') add(`${name}.zip`, bytes, false);
    else if (container === 'directory') extraPaths.push(add(`${name}/DICOMDIR`, bytes, false).file);
    else files.push(add(`${name}.dcm`, bytes, false));
  }
  // In the order of names some come before the cases, some among them, some after.
  for (const [index, bytes] of witnesses.entries()) {
    files.push(add(`${['a', 'case-4', 'case-9', 'z'][index % 4]}-witness-${index}.dcm`, bytes, true));
  }
  return { files, extraPaths };
}

function runImport(folders: Readonly<Record<string, string>>, extraPaths: readonly string[]) {
  const id = randomUUID();
  const startedMs = performance.now();
  const args = [path.join(root, 'electron/run.js'), path.join(root, 'electron/commands/import.ts')];
  const child = spawn(
    process.execPath,
    [...args, '--data', folders['data'] ?? '', folders['input'] ?? '', ...extraPaths],
    {
      cwd: folders['cwd'],
      env: { PATH: process.env['PATH'], HOME: folders['home'], TMPDIR: folders['tmp'], [RUN_VARIABLE]: id },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const peaks = { peakBackendBytes: 0, peakHelperBytes: 0 };
  const watch = setInterval(() => {
    for (const { pid, command } of processesWith(RUN_VARIABLE, id)) {
      const kind = command.includes('-process.ts') ? 'peakHelperBytes' : 'peakBackendBytes';
      peaks[kind] = Math.max(peaks[kind], peakBytesOf(pid));
    }
  }, WATCH_INTERVAL_MS);
  let hung = false;
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, HANG_MS);
  return new Promise<{
    code: number | null;
    signal: string | null;
    stdout: string;
    stderr: string;
    hung: boolean;
    seconds: number;
    peakBackendBytes: number;
    peakHelperBytes: number;
  }>((resolve) =>
    child.on('close', (code, signal) => {
      clearInterval(watch);
      clearTimeout(timer);
      resolve({
        code,
        signal,
        stdout,
        stderr,
        hung,
        seconds: (performance.now() - startedMs) / 1000,
        ...peaks,
      });
    }),
  );
}

function peakBytesOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

interface ArchiveContent {
  readonly databaseFile: string;
  readonly fileSha256s: ReadonlySet<string>;
  /** SHA-256 of the data sets, by their length in bytes. */
  readonly dataSetSha256s: ReadonlyMap<number, ReadonlySet<string>>;
}

/** What the database names, after checking that its bytes and places are right. */
function readArchive(dataDir: string, must: (holds: boolean, sentence: string) => void): ArchiveContent {
  const name = readdirSync(dataDir).find((each) => /\.(db|sqlite3?)$/.test(each));
  if (name === undefined) throw new Error('no database');
  const databaseFile = path.join(dataDir, name);
  const database = new Database(databaseFile, { readonly: true });
  try {
    must(database.pragma('integrity_check', { simple: true }) === 'ok', 'the database is damaged');
    must((database.pragma('foreign_key_check') as unknown[]).length === 0, 'a row refers to nothing');
    const rows = database.prepare(
      `SELECT file_sha256, byte_length, data_set_offset, data_set_sha256 FROM instances
       UNION ALL SELECT file_sha256, byte_length, data_set_offset, data_set_sha256 FROM conflicts`,
    );
    const fileSha256s = new Set<string>();
    const dataSetSha256s = new Map<number, Set<string>>();
    for (const row of rows.all() as ObjectRow[]) {
      const bytes = readFileSync(path.join(dataDir, 'objects', row.file_sha256.slice(0, 2), row.file_sha256));
      must(bytes.length === row.byte_length, `${row.file_sha256} has another length than its row says`);
      must(sha256Of(bytes) === row.file_sha256, `${row.file_sha256} has other bytes than its name`);
      fileSha256s.add(row.file_sha256);
      const length = row.byte_length - row.data_set_offset;
      const ofLength = dataSetSha256s.get(length) ?? new Set();
      dataSetSha256s.set(length, ofLength.add(row.data_set_sha256));
    }
    const outside = database
      .prepare(
        `SELECT count(*) AS frames FROM frame_parts p JOIN instances i USING (instance_key)
         WHERE p.file_offset + p.byte_length > i.byte_length AND i.transfer_syntax_uid <> '1.2.840.10008.1.2.1.99'`,
      )
      .get() as { frames: number };
    must(outside.frames === 0, `${outside.frames} frames lie outside their files`);
    return { databaseFile, fileSha256s, dataSetSha256s };
  } finally {
    database.close();
  }
}

interface ObjectRow {
  readonly file_sha256: string;
  readonly byte_length: number;
  readonly data_set_offset: number;
  readonly data_set_sha256: string;
}

/** The same data set as an archived one, under another File Meta Information. */
function isDuplicate(file: Buffer, { dataSetSha256s }: ArchiveContent): boolean {
  for (const [length, hashes] of dataSetSha256s) {
    if (length <= file.length && hashes.has(sha256Of(file.subarray(file.length - length)))) return true;
  }
  return false;
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function lastLine(stdout: string): ImportLine | undefined {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as ImportLine) : undefined;
}

function listing(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(path.join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

function countCodes({ rejected }: ImportLine): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { code } of rejected) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

function result(
  run: { peakBackendBytes: number; peakHelperBytes: number; seconds: number },
  violations: readonly string[],
): BatchResult {
  const { peakBackendBytes, peakHelperBytes, seconds } = run;
  return {
    violations,
    peakCodecBytes: 0,
    durable: 0,
    duplicates: 0,
    opened: {},
    refusedByCode: {},
    peakBackendBytes,
    peakHelperBytes,
    seconds,
  };
}
