// Entry as local server for a Chromium window: page, calls and bytes on 127.0.0.1.
import { parseArgs } from 'node:util';
import { workstationPrincipal } from '#shared/domain/principal.ts';
import { composeBackend } from './compose.ts';
import { forkHelper } from './processes/helper-process.ts';
import { LoopbackServer } from './transport/loopback-server.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    port: { type: 'string', default: '0' },
    page: { type: 'string' },
    lang: { type: 'string', default: 'ja' },
  },
});
if (values.data === undefined || values.page === undefined) throw new Error('--data and --page are required');

const backend = composeBackend(values.data, forkHelper);
const server = new LoopbackServer({
  port: Number(values.port),
  pageDir: values.page,
  dicomweb: backend.dicomweb,
  onConnection: (port) => backend.server.attach(port, workstationPrincipal),
  log: backend.log,
});
const port = await server.listen();

const stop = async () => {
  await server.close();
  backend.close();
  process.exit(0);
};
process.on('SIGTERM', () => void stop());
process.on('SIGINT', () => void stop());
process.on('disconnect', () => void stop());

const origin = `http://127.0.0.1:${port}`;
process.send?.({
  event: 'ready',
  url: `${origin}/start?code=${server.access.newStartCode()}&lang=${values.lang}`,
  dicomweb: `${origin}/dicomweb`,
  token: server.access.token,
  dataDir: values.data,
});
