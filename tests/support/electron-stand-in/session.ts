import { requireKeys, requireNotReady, requireReady } from './strictness.ts';

type Handler = (request: Request) => Response | Promise<Response>;
interface CustomScheme {
  readonly scheme: string;
  readonly privileges?: Readonly<Record<string, boolean>>;
}

export const registeredSchemes = new Map<string, Readonly<Record<string, boolean>>>();
let wasRegistered = false;

/** `protocol` of the default session. */
class Protocol {
  readonly handlers = new Map<string, Handler>();

  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    requireNotReady('protocol.registerSchemesAsPrivileged');
    if (wasRegistered) throw new Error('protocol.registerSchemesAsPrivileged can be called only once');
    wasRegistered = true;
    for (const custom of schemes) {
      requireKeys('CustomScheme', custom, 'CustomScheme');
      requireKeys('privileges', custom.privileges ?? {}, 'Privileges');
      registeredSchemes.set(custom.scheme, custom.privileges ?? {});
    }
  }

  handle(scheme: string, handler: Handler): void {
    requireReady('protocol.handle');
    if (this.handlers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`);
    this.handlers.set(scheme, handler);
  }

  /** Not Electron's: what the network service does when a page asks. */
  async request(url: string, init: RequestInit & { initiatorOrigin?: string } = {}): Promise<Response> {
    const scheme = url.slice(0, url.indexOf(':'));
    const handler = this.handlers.get(scheme);
    if (!handler) throw new TypeError('net::ERR_UNKNOWN_URL_SCHEME');
    const { initiatorOrigin, ...rest } = init;
    const request = new Request(url, rest);
    if (initiatorOrigin !== undefined)
      Object.defineProperty(request, 'initiatorOrigin', { value: initiatorOrigin });
    return handler(request);
  }
}

export const protocol = new Protocol();

type PermissionRequestHandler = (
  contents: unknown,
  permission: string,
  callback: (isGranted: boolean) => void,
  details: { isMainFrame: boolean; requestingUrl: string },
) => void;
type PermissionCheckHandler = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { isMainFrame: boolean; requestingUrl?: string },
) => boolean;

class Session {
  readonly protocol = protocol;
  #onRequest: PermissionRequestHandler | null = null;
  #onCheck: PermissionCheckHandler | null = null;
  #onDevice: ((details: object) => boolean) | null = null;
  #onDisplayMedia: ((request: object, callback: (streams: unknown) => void) => void) | null = null;

  setPermissionRequestHandler(handler: PermissionRequestHandler | null): void {
    this.#onRequest = handler;
  }
  setPermissionCheckHandler(handler: PermissionCheckHandler | null): void {
    this.#onCheck = handler;
  }
  setDevicePermissionHandler(handler: ((details: object) => boolean) | null): void {
    this.#onDevice = handler;
  }
  setDisplayMediaRequestHandler(
    handler: ((request: object, callback: (streams: unknown) => void) => void) | null,
  ): void {
    this.#onDisplayMedia = handler;
  }

  /** Not Electron's: what Chromium asks. Without a handler everything is granted, as documented. */
  ask(
    permission: string,
    requestingUrl: string,
    isMainFrame = true,
  ): { requested: boolean; checked: boolean } {
    let requested = true;
    this.#onRequest?.({}, permission, (isGranted) => (requested = isGranted), { isMainFrame, requestingUrl });
    const checked = this.#onCheck?.(null, permission, '', { isMainFrame, requestingUrl }) ?? true;
    return { requested, checked };
  }
  askForDevice(deviceType: string): boolean {
    return this.#onDevice?.({ deviceType, origin: 'enkaku://app', device: {} }) ?? true;
  }
  askForDisplay(): unknown {
    let granted: unknown = 'nobody answered';
    this.#onDisplayMedia?.({}, (streams) => (granted = streams));
    return granted;
  }
}

const defaultSession = new Session();

export const session = {
  get defaultSession(): Session {
    requireReady('session.defaultSession');
    return defaultSession;
  },
};
