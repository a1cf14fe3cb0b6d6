// Stands in for an ingest process: does to itself what a hostile file might do to a real one.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { IngestRequest } from '#backend/processes/ingest-messages.ts';
import { watchMemory } from '#backend/processes/memory-watchdog.ts';
import { connectToParent } from '#backend/processes/parent-channel.ts';

const MIB = 1024 * 1024;
const { values } = parseArgs({ options: { 'resident-limit-bytes': { type: 'string' } } });
watchMemory(Number(values['resident-limit-bytes']));
const parent = connectToParent();
const kept: unknown[] = [];

const deeds: Readonly<Record<string, (id: number) => void>> = {
  'array-buffers': (id) => {
    try {
      for (;;) kept.push(new ArrayBuffer(16 * MIB));
    } catch (error) {
      const detail = `${kept.length * 16} MiB, then ${(error as Error).message}`;
      parent.send({ id, result: { ok: false, code: 'parse-memory', detail } });
    }
  },
  'touched-buffers': () => {
    for (;;) kept.push(Buffer.alloc(16 * MIB, 1));
  },
  objects: () => {
    for (;;) kept.push({ index: kept.length, text: String(kept.length) });
  },
  'endless-loop': () => {
    for (;;) kept.length = 0;
  },
  'endless-wait': () => {},
  'starts-late': (id) => parent.send({ id, result: { ok: false, code: 'not-dicom', detail: 'in the end' } }),
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  exit: () => process.exit(3),
  'slow-but-alive': (id) => {
    let bytesDone = 0;
    const timer = setInterval(() => {
      parent.send({ id, bytesDone: ++bytesDone });
      if (bytesDone < 14) return;
      clearInterval(timer);
      parent.send({ id, result: { ok: false, code: 'not-dicom', detail: 'in the end' } });
    }, 500);
  },
};

parent.onMessage((message) => {
  const request = message as IngestRequest;
  if (request.kind !== 'ingest') return;
  writeFileSync(request.stagingPath, 'half a file');
  const deed = path.basename(request.sourcePath);
  if (deed === 'never-begins') return;
  const begin = () => {
    parent.send({ id: request.id, bytesDone: 0 });
    deeds[deed]?.(request.id);
  };
  if (deed === 'starts-late') setTimeout(begin, 2000);
  else begin();
});
