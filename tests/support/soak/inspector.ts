import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { WebSocket } from 'ws';

/** Sends one command of the debugging protocol. */
export type Send = (method: string, parameters?: object) => Promise<unknown>;

/** What a JavaScript heap holds after everything was collected that can be. */
export interface HeapFigures {
  readonly heapMib: number;
  /** Entries of all maps and sets, and elements of all arrays: queues, windows and books that are never emptied. */
  readonly mapEntries: number;
  readonly arrayElements: number;
  /** Of all blobs that scripts still hold; their bytes are in another process. */
  readonly blobMib: number;
}

/** Counts what is in the heap by asking for every object with a prototype, private fields included. */
export async function heapFigures(send: Send): Promise<HeapFigures> {
  const mapEntries = (await countAll(send, 'Map', 'size')) + (await countAll(send, 'Set', 'size'));
  const arrayElements = await countAll(send, 'Array', 'length');
  const blobMib = (await countAll(send, 'Blob', 'size')) / 1024 ** 2;
  const { usedSize } = (await send('Runtime.getHeapUsage')) as { usedSize: number };
  return { heapMib: usedSize / 1024 ** 2, mapEntries, arrayElements, blobMib };
}

async function countAll(send: Send, type: string, count: 'size' | 'length'): Promise<number> {
  const objectGroup = 'soak';
  const { result } = (await send('Runtime.evaluate', {
    expression: `${type}.prototype`,
    objectGroup,
  })) as RemoteResult;
  const { objects } = (await send('Runtime.queryObjects', {
    prototypeObjectId: result.objectId,
    objectGroup,
  })) as { objects: { objectId: string } };
  const counted = (await send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    // Some libraries have objects that are only shaped like a map; reading their size throws.
    functionDeclaration: `function(){let n=0;for(const m of this)try{n+=m.${count}}catch{}return n}`,
    returnByValue: true,
  })) as RemoteResult;
  await send('Runtime.releaseObjectGroup', { objectGroup });
  return Number(counted.result.value);
}

interface RemoteResult {
  readonly result: { readonly objectId?: string; readonly value?: unknown };
}

/**
 * Has a Node process open its inspector on a free port (it must have been started with `--inspect-port=0`) and
 * connects to it. Undefined where it does not open in time.
 */
export async function inspectNode(pid: number): Promise<{ send: Send; close: () => void } | undefined> {
  const before = new Set(listeningPorts(pid));
  process.kill(pid, 'SIGUSR1');
  const deadlineMs = performance.now() + 5000;
  while (performance.now() < deadlineMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const port of listeningPorts(pid).filter((open) => !before.has(open))) {
      const url = await inspectorAddress(port);
      if (url !== undefined) return connect(url);
    }
  }
  return undefined;
}

async function inspectorAddress(port: number): Promise<string | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
  const targets = answer?.ok ? ((await answer.json()) as { webSocketDebuggerUrl?: string }[]) : [];
  return targets[0]?.webSocketDebuggerUrl;
}

async function connect(url: string): Promise<{ send: Send; close: () => void }> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let count = 0;
  socket.on('error', () => {});
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the process has ended'));
  });
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const waiter = waiting.get(message.id ?? 0);
    waiting.delete(message.id ?? 0);
    if (message.error) waiter?.reject(new Error(message.error.message));
    else waiter?.resolve(message.result);
  });
  return {
    send: (method, parameters = {}) =>
      new Promise((resolve, reject) => {
        const id = ++count;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params: parameters }));
      }),
    close: () => socket.close(),
  };
}

/** Ports on which a process listens over TCP; Linux only. */
function listeningPorts(pid: number): number[] {
  const LISTEN = '0A';
  const inodes = new Set<string>();
  for (const descriptor of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`))?.[1];
      if (inode !== undefined) inodes.add(inode);
    } catch {
      // Closed in the meantime.
    }
  }
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === LISTEN && inodes.has(fields[9] ?? ''))
    .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '0', 16));
}
