/** Where this workstation's broker is: its own process, or somebody's address. */
export type BrokerChoice =
  | { readonly kind: 'embedded'; readonly host: string; readonly port: number }
  | { readonly kind: 'url'; readonly url: string };

/** On this machine only, on the port it had before. */
export const defaultBroker: BrokerChoice = { kind: 'embedded', host: '127.0.0.1', port: 0 };

const EMBEDDED = /^embedded(?::(?<host>[^:]+|\[[^\]]+\]):(?<port>\d{1,5}))?$/;
const URL_OF_BROKER = /^(mqtts?|wss?):\/\/[^\s/]+/;

/** Reads `embedded`, `embedded:HOST:PORT` or the URL of an MQTT broker; undefined for anything else. */
export function parseBroker(text: string): BrokerChoice | undefined {
  const embedded = EMBEDDED.exec(text);
  if (embedded) {
    const { host, port } = embedded.groups ?? {};
    if (host === undefined) return defaultBroker;
    return Number(port) > 65_535 ? undefined : { kind: 'embedded', host, port: Number(port) };
  }
  return URL_OF_BROKER.test(text) ? { kind: 'url', url: text } : undefined;
}
