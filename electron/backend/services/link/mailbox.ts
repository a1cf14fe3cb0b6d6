import mqtt from 'mqtt';
import type { MqttClient } from 'mqtt';
import type { Log } from '#backend/log.ts';
import type { BrokerAccess } from './broker-access.ts';

export type BrokerState = 'connected' | 'connecting' | 'refused' | 'off';

export interface MailboxOptions {
  readonly access: BrokerAccess;
  /** Without it the connection is worth nothing: a broker that refuses this topic has refused us. */
  readonly essentialTopic?: string | undefined;
  /** Topic and payload that the broker publishes for us when we are gone. */
  readonly lastWill: { readonly topic: string; readonly payload: string };
  readonly log: Log;
  readonly onMessage: (topic: string, payload: string) => void;
  readonly onState: (state: BrokerState) => void;
}

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 10_000;
/** What was said last may need so long to leave. */
const FAREWELL_MS = 500;
/** Envelopes that wait for a broker to come back; older ones are of no use. */
const MAXIMUM_WAITING = 64;
const REFUSALS = new Set([4, 5, 134, 135]);

/** One connection to one MQTT 3.1.1 broker, kept up for as long as the workstation runs. */
export class Mailbox {
  readonly #client: MqttClient;
  readonly #essentialTopic: string | undefined;
  readonly #enter: (state: BrokerState) => void;
  readonly #topics = new Set<string>();
  #waiting = 0;
  #state: BrokerState = 'connecting';
  /** The connection ends a little later than it is ended: nobody is there any more to hear of it. */
  #isClosed = false;

  constructor({ access, essentialTopic, lastWill, log, onMessage, onState }: MailboxOptions) {
    const { address, username, password, authority } = access;
    this.#essentialTopic = essentialTopic;
    const enter = (state: BrokerState) => {
      if (this.#state === state || this.#isClosed) return;
      this.#state = state;
      onState(state);
    };
    this.#enter = enter;
    this.#client = mqtt.connect(address, {
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(authority !== undefined && { ca: authority }),
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: RECONNECT_MS,
      connectTimeout: CONNECT_TIMEOUT_MS,
      keepalive: 15,
      resubscribe: false,
      queueQoSZero: false,
      will: { topic: lastWill.topic, payload: Buffer.from(lastWill.payload), qos: 0, retain: false },
    });
    this.#client.on('connect', () => {
      enter('connected');
      for (const topic of this.#topics) this.#subscribe(topic);
    });
    this.#client.on('close', () => {
      if (this.#state !== 'refused') enter('connecting');
    });
    this.#client.on('error', (error: Error & { code?: number | string }) => {
      const isRefused = typeof error.code === 'number' && REFUSALS.has(error.code);
      log.warn({ broker: new URL(address).host, code: error.code }, 'the broker is not reached');
      enter(isRefused ? 'refused' : 'connecting');
    });
    this.#client.on('message', (topic, payload) => {
      if (!this.#isClosed) onMessage(topic, payload.toString('utf8'));
    });
  }

  get state(): BrokerState {
    return this.#state;
  }

  listenTo(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    if (this.#client.connected) this.#subscribe(topic);
  }

  stopListeningTo(topic: string): void {
    this.#topics.delete(topic);
    if (this.#client.connected) this.#client.unsubscribe(topic);
  }

  /** Waits for the broker to come back if it is away; gives up what has waited behind too much else. */
  leave(topic: string, payload: string): void {
    if (this.#waiting >= MAXIMUM_WAITING) return;
    this.#waiting += 1;
    this.#client.publish(topic, payload, { qos: 1 }, () => {
      this.#waiting -= 1;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const farewell = this.#client.connected
      ? this.#client.endAsync(false).catch(() => {})
      : Promise.resolve();
    await Promise.race([farewell, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS))]);
    await this.#client.endAsync(true).catch(() => {});
  }

  #subscribe(topic: string): void {
    this.#client.subscribe(topic, { qos: 1 }, (error, granted) => {
      const isRefused = granted?.some(({ qos }) => qos >= 128) ?? false;
      if (topic !== this.#essentialTopic || !this.#client.connected) return;
      if (error || isRefused) this.#enter('refused');
    });
  }
}
