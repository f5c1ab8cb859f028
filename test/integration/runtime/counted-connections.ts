import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, passes all bytes on, and counts the connections. */
export interface CountedConnections {
  readonly url: string;
  /** Since the start. */
  opened(): number;
  /** At the same time, at most. */
  most(): number;
  open(): number;
  stop(): Promise<void>;
}

/** Starts on a port of 127.0.0.1; TLS goes through it untouched. */
export async function countConnections(server: string): Promise<CountedConnections> {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let opened = 0;
  let most = 0;
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    opened += 1;
    sockets.add(near);
    most = Math.max(most, sockets.size);
    near
      .on('error', () => far.destroy())
      .once('close', () => {
        sockets.delete(near);
        far.destroy();
      });
    far.on('error', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  listener.listen(0, '127.0.0.1', resolve);
  await promise;
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    opened: () => opened,
    most: () => most,
    open: () => sockets.size,
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((end) => listener.close(() => end()));
    },
  };
}
