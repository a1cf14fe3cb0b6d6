import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { Aedes } from 'aedes';

export interface Envelope {
  readonly topic: string;
  readonly payload: string;
}

/** What the broker makes of one message: any number of others, in any order. */
export type Treatment = (envelope: Envelope) => readonly Envelope[];

/** A broker that belongs to the attacker: it reads, keeps, drops, changes, repeats and invents as it likes. */
export class HostileBroker {
  readonly #server: Server;
  readonly #broker: Aedes;
  treatment: Treatment = (envelope) => [envelope];
  /** Called with everything it sees. */
  onSeen: (envelope: Envelope) => void = () => {};
  readonly url: string;

  private constructor(broker: Aedes, server: Server, url: string) {
    this.#broker = broker;
    this.#server = server;
    this.url = url;
  }

  static async start(): Promise<HostileBroker> {
    const broker = await Aedes.createBroker({
      authorizePublish: (_client, packet, done) => {
        const envelope = { topic: packet.topic, payload: packet.payload.toString() };
        // The original goes nowhere; what is delivered instead is decided below.
        packet.topic = 'nowhere';
        done(null);
        hostile.#take(envelope);
      },
    });
    const server = createServer((socket) => broker.handle(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const hostile = new HostileBroker(broker, server, `mqtt://127.0.0.1:${port}`);
    return hostile;
  }

  #take(envelope: Envelope): void {
    this.onSeen(envelope);
    for (const { topic, payload } of this.treatment(envelope)) this.deliver(topic, payload);
  }

  deliver(topic: string, payload: string): void {
    this.#broker.publish(
      { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false },
      () => {},
    );
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#broker.close(resolve));
    this.#server.close();
  }
}
