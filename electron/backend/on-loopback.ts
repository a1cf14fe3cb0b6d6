// Entry as local server for a Chromium window: page, calls and bytes on 127.0.0.1.
import { parseArgs } from 'node:util';
import type { BackendReport, LauncherOrder } from '#shared/contract/launch.ts';
import { parseSpecimen } from '#shared/contract/specimen.ts';
import { parseBroker } from '#shared/link/broker-choice.ts';
import { openPage } from '#page/page-files.ts';
import { askHolderForWindow } from './ask-holder.ts';
import { composeBackend } from './compose.ts';
import { forkHelper } from './processes/helper-process.ts';
import { requireNoKeyStore } from './site-policy.ts';
import { startFailureOf } from './start-failure.ts';
import { LoopbackServer } from './transport/loopback-server.ts';
import { TrialRequests } from './trial-requests.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '' },
    port: { type: 'string', default: '0' },
    page: { type: 'string', default: '' },
    lang: { type: 'string' },
    window: { type: 'boolean', default: false },
    broker: { type: 'string', default: 'embedded' },
    specimen: { type: 'string', default: '' },
  },
});

const report = (message: BackendReport) => void process.send?.(message);

try {
  await serve();
} catch (error) {
  const failure = startFailureOf(error);
  const isHeld = failure.code === 'data-folder-in-use' && values.window;
  // Said before the process ends: `send` alone would lose the message.
  process.send?.(isHeld ? await askHolderForWindow(values.data, failure) : failure, () => process.exit(1));
}

async function serve(): Promise<void> {
  const language = values.lang === undefined ? '' : `&lang=${values.lang}`;
  const startLink = (code: string) => `${server.origin}/start?code=${code}${language}`;
  const findPageFile = openPage(values.page);
  requireNoKeyStore(values.data);
  const trials = new TrialRequests(() => report({ event: 'start-trial' }));
  const backend = composeBackend(values.data, forkHelper, {
    showWindow: () => {
      if (!values.window) return { isShown: false, url: startLink(server.access.newStartCode()) };
      report({ event: 'show-window' });
      return { isShown: true };
    },
    startTrial: trials.request,
    wantBulkPage: (isWanted) => report({ event: 'bulk-page', isWanted }),
  });
  const server = new LoopbackServer({
    port: Number(values.port),
    findPageFile,
    bytes: backend.bytes,
    onConnection: backend.attach,
    onPageCount: (count) => {
      backend.log.info({ pages: count }, 'connected pages changed');
      report({ event: 'pages', count });
    },
    log: backend.log,
  });
  try {
    await server.listen();
    await backend.endpoint.listen();
    await backend.start(parseBroker(values.broker), parseSpecimen(values.specimen));
  } catch (error) {
    await backend.close();
    throw error;
  }

  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await server.close();
    await backend.close();
    process.exit(0);
  };
  process.on('SIGTERM', () => void stop());
  process.on('SIGINT', () => void stop());
  process.on('SIGHUP', () => void stop());
  process.on('disconnect', () => void stop());

  process.on('message', (order: LauncherOrder) => {
    if (order.order === 'stop') void stop();
    else if (order.order === 'trial-started' || order.order === 'trial-failed') trials.answered(order);
    else report({ event: 'window-address', url: startLink(server.access.newStartCode()) });
  });
  report({
    event: 'ready',
    url: startLink(server.access.lastingStartCode),
    dicomweb: `${server.origin}/dicomweb`,
    token: server.access.token,
    dataDir: values.data,
  });
}
