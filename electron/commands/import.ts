// npm run import: takes the data folder's lock, or hands its work to the workstation that holds it.
import { parseArgs } from 'node:util';
import path from 'node:path';
import { backendContracts } from '#shared/contract/index.ts';
import { workstationPrincipal } from '#shared/domain/principal.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { composeBackend } from '#backend/compose.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, 'report-each': { type: 'boolean', default: false } },
});
if (values.data === undefined || positionals.length === 0) {
  console.error('npm run import -- --data DIR [--report-each] PATH…');
  process.exit(1);
}

const backend = composeBackend(path.resolve(values.data), forkHelper);
const [ours, theirs] = createMemoryPortPair();
backend.server.attach(theirs, workstationPrincipal);
const { client } = new RpcConnection(backendContracts, ours);

const ended = new Promise<void>((resolve) => {
  client.archive.on('instanceStored', ({ sop, sha256 }) => console.log(JSON.stringify({ sop, sha256 })));
  client.archive.on('importEnded', ({ totals }) => {
    const rejected = totals.rejected.map(({ file, code, detail }) => ({
      file,
      reason: `${code}: ${detail}`,
    }));
    console.log(JSON.stringify({ ...totals, rejected }));
    process.exitCode = totals.rejected.length > 0 ? 2 : 0;
    resolve();
  });
});
await client.archive.startImport({
  paths: positionals.map((file) => path.resolve(file)),
  reportEach: values['report-each'],
});
await ended;
backend.close();
