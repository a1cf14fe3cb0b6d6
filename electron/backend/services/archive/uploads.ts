import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import type { UploadAnswer } from '#shared/contract/import.ts';
import { storageProblem } from '#backend/database/storage-problem.ts';
import type { Imports } from './imports.ts';
import type { ObjectStore } from './object-store.ts';

const PATH = /^\/import\/(?<jobId>[\w-]+)$/;
const MAXIMUM_NAME_LENGTH = 4096;

/**
 * `POST /import/<jobId>?name=<relative path>`: one file of a page that has bytes but no path. The body
 * goes to disk as it comes, then through the same import as any file; a zip archive may hold many.
 */
export function createUploadHandler(imports: Imports, objects: ObjectStore) {
  return async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const jobId = PATH.exec(url.pathname)?.groups?.['jobId'];
    const job = jobId === undefined ? undefined : imports.upload(jobId);
    if (!job) return new Response(null, { status: 404 });
    if (request.method !== 'POST' || !request.body) return new Response(null, { status: 405 });
    const name = (url.searchParams.get('name') ?? '').slice(0, MAXIMUM_NAME_LENGTH);
    return imports.duringUpload(jobId ?? '', async () => {
      const path = objects.newStagingPath();
      try {
        await pipeline(
          Readable.fromWeb(request.body as ReadableStream),
          createWriteStream(path, { flags: 'wx', mode: 0o600 }),
          { signal: request.signal },
        );
        const answer: UploadAnswer = await job.takeFrom({ path, name });
        return Response.json(answer);
      } catch (error) {
        const problem = storageProblem(error);
        if (!problem) throw error;
        job.fail(problem);
        return Response.json({ problem: problem.code }, { status: problem.code === 'disk-full' ? 507 : 500 });
      } finally {
        objects.discard(path);
      }
    });
  };
}
