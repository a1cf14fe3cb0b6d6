// The path between two hospitals: passes bytes on until it is cut, frozen or killed. Arguments: listen, connect.
import net from 'node:net';
import type { RelayOrder } from './orders.ts';

const [listenAt = '', connectTo = ''] = process.argv.slice(2);
let isCut = false;
process.on('message', (order: RelayOrder) => (isCut = order.isCut));
process.on('disconnect', () => process.exit(0));

net
  .createServer((remote) => {
    const bench = net.connect(connectTo);
    const join = (from: net.Socket, to: net.Socket) => {
      from.on('data', (bytes) => {
        if (!isCut) to.write(bytes);
      });
      from.on('error', () => from.destroy());
      from.on('close', () => to.destroy());
    };
    join(remote, bench);
    join(bench, remote);
  })
  .listen(listenAt, () => process.send?.('listening'));
