import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ImportTotals } from '#shared/contract/import.ts';
import { backendContracts } from '#shared/contract/index.ts';
import type { DicomJson } from '#shared/dicom/dicom-json.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import type { Client } from '#shared/rpc/connect.ts';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { composeBackend } from '#backend/compose.ts';
import type { Backend } from '#backend/compose.ts';
import { forkHelper } from '#backend/processes/helper-process.ts';
import { temporaryDirectory } from './workstation.ts';

/** Where requests of these tests seem to come from; nothing listens there. */
export const ORIGIN = 'http://127.0.0.1:1';

export interface WebArchive {
  readonly backend: Backend;
  readonly client: Client<typeof backendContracts>;
  readonly folder: string;
  import(files: Readonly<Record<string, Uint8Array>>): Promise<ImportTotals>;
  importPaths(paths: readonly string[]): Promise<ImportTotals>;
  /** `target` follows '/dicomweb'. */
  ask(target: string, init?: RequestInit): Promise<Response>;
  json(target: string, init?: RequestInit): Promise<DicomJson[]>;
  bytes(target: string, accept?: string): Promise<Uint8Array<ArrayBuffer>>;
  close(): Promise<void>;
}

/** A real backend on a folder of its own, asked without a network. */
export function openWebArchive(): WebArchive {
  const directory = temporaryDirectory();
  const backend = composeBackend(path.join(directory.path, 'data'), forkHelper);
  const [ours, theirs] = createMemoryPortPair();
  backend.attach(theirs);
  const { client } = new RpcConnection(backendContracts, ours);
  let imports = 0;

  const importPaths = async (paths: readonly string[]): Promise<ImportTotals> => {
    const ended = new Promise<ImportTotals>((resolve) => {
      const stop = client.archive.on('importEnded', ({ totals }) => {
        stop();
        resolve(totals);
      });
    });
    await client.archive.startImport({ paths: [...paths] });
    return ended;
  };
  const ask = (target: string, init?: RequestInit) =>
    backend.bytes(new Request(`${ORIGIN}/dicomweb${target}`, init));
  return {
    backend,
    client,
    folder: directory.path,
    import: (files) => {
      const folder = path.join(directory.path, `import-${imports++}`);
      mkdirSync(folder);
      for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
      return importPaths([folder]);
    },
    importPaths,
    ask,
    json: async (target, init) => {
      const response = await ask(target, init);
      if (response.status === 204) return [];
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return (await response.json()) as DicomJson[];
    },
    bytes: async (target, accept) => {
      const response = await ask(target, accept === undefined ? {} : { headers: { Accept: accept } });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return new Uint8Array(await response.arrayBuffer());
    },
    close: async () => {
      await backend.close();
      directory.remove();
    },
  };
}

export interface MultipartPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Splits a multipart answer the plain way, apart from how the product reads one. */
export async function partsOf(response: Response): Promise<MultipartPart[]> {
  const boundary = /boundary=([^;]+)/.exec(response.headers.get('Content-Type') ?? '')?.[1];
  if (boundary === undefined) throw new Error('no boundary');
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
  const pieces = `\r\n${text}`.split(`\r\n--${boundary}`);
  if (pieces.at(-1) !== '--\r\n') throw new Error('the answer does not end with its boundary');
  return pieces.slice(1, -1).map((piece) => {
    const end = piece.indexOf('\r\n\r\n');
    const lines = piece.slice(2, end).split('\r\n');
    return {
      headers: Object.fromEntries(
        lines.map((line) =>
          line
            .toLowerCase()
            .split(/: (.*)/)
            .slice(0, 2),
        ),
      ) as Record<string, string>,
      body: Buffer.from(piece.slice(end + 4), 'latin1'),
    };
  });
}
