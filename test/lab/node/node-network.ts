import { join } from 'node:path';
import { waitUntilReady } from '../process.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import type { NodeSandbox } from './node-sandbox.ts';
import { startRelays } from './relay.ts';

/** The first of the API server's own range, as everywhere: Pods find it in KUBERNETES_SERVICE_HOST. */
export const API_SERVER_ADDRESS = '10.0.0.1';
/** What the node is known by. */
export const NODE_ADDRESS = '10.0.1.1';
/** As a VPC endpoint has an address in the VPC: AWS, for Pods. */
export const AWS_ADDRESS = '10.0.1.2';

/** Every address that a node's own network has. */
export const NODE_ADDRESSES = [API_SERVER_ADDRESS, NODE_ADDRESS, AWS_ADDRESS] as const;

/** For containerd: each Pod has an address, and reaches those of the node. Nothing leads any further. */
export const POD_NETWORK = {
  cniVersion: '1.0.0',
  name: 'lab',
  plugins: [
    {
      type: 'ptp',
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: '10.244.0.0/24' }]],
        routes: [{ dst: '0.0.0.0/0' }],
        dataDir: '/var/lib/cni',
      },
    },
  ],
};

/** Where the programs of this machine are, for {@link bridgeNetworks}. */
export interface Reachable {
  /** `https://127.0.0.1:PORT`, and so on. */
  readonly apiServer: string;
  readonly aws: string;
  readonly registry: string;
  /** A socket file for the API server, which reaches kubelet and Pods through it. */
  readonly egressSocket: string;
}

/**
 * Lets the node and its Pods reach what listens on this machine's loopback address, and the API server reach them; by
 * socket files, so that nothing listens on any other address of this machine. Returns what ends this machine's half.
 */
export async function bridgeNetworks(
  sandbox: NodeSandbox,
  { apiServer, aws, registry, egressSocket }: Reachable,
): Promise<() => Promise<void>> {
  const hosts = { api: new URL(apiServer).host, aws: new URL(aws).host, registry: new URL(registry).host };
  // Its own: the path of a socket may have no more than 107 characters.
  const folder = await temporaryFolder('net');
  const file = (name: keyof typeof hosts) => join(folder.path, name);
  const outside = await startRelays({
    toAddresses: Object.fromEntries(
      Object.entries(hosts).map(([name, host]) => [join(folder.path, name), host]),
    ),
  });
  const relays = {
    toFiles: {
      // kubelet and containerd find both where they are on this machine.
      [hosts.api]: file('api'),
      [hosts.registry]: file('registry'),
      [`${API_SERVER_ADDRESS}:443`]: file('api'),
      [`${AWS_ADDRESS}:80`]: file('aws'),
    },
    proxy: egressSocket,
  };
  const end = async () => {
    await outside.stop();
    await folder.remove();
  };
  try {
    const program = join(import.meta.dirname, 'relay-child.ts');
    const args = ['--no-warnings', program, JSON.stringify(relays)];
    const relay = await sandbox.startBeside('relay', process.execPath, args);
    const listens = async () => (await relay.logTail()).includes('listening');
    await waitUntilReady(relay, listens, { what: 'it listens' });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}
