// A process of its own: it parses files of strangers and is killed when it takes too long or too much.
import { parseArgs } from 'node:util';
import { Refusal } from '#shared/domain/refusal.ts';
import { ingest } from './ingest-file.ts';
import type { AnyResult, IngestReply, IngestRequest, NotStored, Refused } from './ingest-messages.ts';
import { readMediaDirectory } from './media-directory.ts';
import { watchMemory } from './memory-watchdog.ts';
import { connectToParent } from './parent-channel.ts';
import { listZip } from './zip-listing.ts';

const { values } = parseArgs({ options: { 'resident-limit-bytes': { type: 'string' } } });
watchMemory(Number(values['resident-limit-bytes'] ?? Infinity));

const parent = connectToParent();
const reply = (message: IngestReply) => parent.send(message);

parent.onMessage((message) => void answer(message as IngestRequest));

async function answer(request: IngestRequest): Promise<void> {
  const { id } = request;
  // The time a file may take begins here.
  reply({ id, bytesDone: 0 });
  try {
    reply({ id, result: await work(request) });
  } catch (error) {
    reply({ id, result: notStored(error, request) ?? refused(error) });
  }
}

async function work(request: IngestRequest): Promise<AnyResult> {
  const report = (bytesDone: number) => reply({ id: request.id, bytesDone });
  if (request.kind === 'list-zip') return { ok: true, entries: await listZip(request.path) };
  if (request.kind === 'read-directory') return { ok: true, files: readMediaDirectory(request.path) };
  if (request.kind === 'ingest') return { ok: true, file: await ingest(request, report) };
  // Needed once in the life of a workstation.
  const { generateSampleStudy } = await import('./phantom/sample-study.ts');
  return { ok: true, files: await generateSampleStudy(request.directory, request.options, report) };
}

const WRITING = new Set(['write', 'fsync', 'fdatasync']);

/** Sources are only read: whatever could not be written belongs to the archive. */
function notStored(error: unknown, request: IngestRequest): NotStored | undefined {
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || syscall === undefined) return undefined;
  const own = 'stagingPath' in request ? request.stagingPath : undefined;
  const target = request.kind === 'generate-sample' ? request.directory : own;
  const isOurs = WRITING.has(syscall) || (target !== undefined && path?.startsWith(target));
  return isOurs ? { ok: false, code: 'not-stored', systemCode: code } : undefined;
}

function refused(error: unknown): Refused {
  if (error instanceof Refusal) return { ok: false, code: error.code, detail: error.detail };
  // "Array buffer allocation failed", "Invalid typed array length", "Invalid string length"
  if (error instanceof RangeError && /allocation|length/.test(error.message)) {
    return { ok: false, code: 'parse-memory', detail: error.message };
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return { ok: false, code: 'missing-file', detail: code };
  if (typeof code === 'string') return { ok: false, code: 'unreadable', detail: code };
  return { ok: false, code: 'parse-crashed', detail: error instanceof Error ? error.message : 'unknown' };
}
