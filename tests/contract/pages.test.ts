import { expect, test, vi } from 'vitest';
import { createMemoryPortPair } from '#shared/rpc/memory-port.ts';
import { backendContracts } from '#shared/contract/index.ts';
import { RpcConnection } from '#shared/rpc/connect.ts';
import { RpcServer } from '#shared/rpc/serve.ts';
import { Pages } from '#backend/pages.ts';
import { pageServer } from '#renderer/backend/page-services.ts';

const camera = { label: 'UVC', widthPixels: 1920, heightPixels: 1200, isSimulated: false };

test('a page is called back on the connection it calls on, by what it can do at that moment', async () => {
  const [pageEnd, backendEnd] = createMemoryPortPair();
  const pages = new Pages();
  const onChange = vi.fn<() => void>();
  pages.onChange(onChange);
  const withdraw = pageServer.provide('cameraHost', {
    describe: () => ({ camera }),
    takeStill: () => {
      throw new Error('not asked');
    },
    measureFocus: ({ afterDeviceTimeMs }) => ({
      score: 2,
      deviceTimeMs: afterDeviceTimeMs + 1,
      focusUm: 7,
      isBlank: false,
    }),
  });
  pageServer.attach(pageEnd);
  const page = new RpcConnection({ settings: backendContracts.settings }, pageEnd);
  new RpcServer({
    contracts: { settings: backendContracts.settings },
    services: {
      settings: {
        get: () => backendContracts.settings.get.output.parse({ language: 'en' }),
        change: () => {
          throw new Error('not asked');
        },
      },
    },
    reportInternalError: () => 'reference',
  }).attach(backendEnd, 'page');
  pages.add(backendEnd);

  // Both directions use the same numbers for their calls and keep them apart.
  expect((await page.client.settings.get({})).language).toBe('en');
  await vi.waitFor(() => expect(pages.cameraHost()?.camera).toEqual(camera));
  const measured = await pages.cameraHost()?.host.measureFocus({ afterDeviceTimeMs: 41, atPart: null });
  expect(measured).toEqual({ score: 2, deviceTimeMs: 42, focusUm: 7, isBlank: false });

  expect(pages.carrierOf('live')).toBeUndefined();
  pageServer.announce('carrier', 'offered', { peer: 'live', isOffered: true });
  await vi.waitFor(() => expect(pages.carrierOf('live')).toBeDefined());
  const carrier = pages.carrierOf('live');
  await expect(carrier?.closePeer({ peer: 'live', epoch: 0 })).rejects.toMatchObject({ code: 'unavailable' });

  pageServer.announce('cameraHost', 'cameraChanged', { camera: null });
  await vi.waitFor(() => expect(pages.cameraHost()).toBeUndefined());
  withdraw();
});
