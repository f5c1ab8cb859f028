import { startCluster } from '../../lab/cluster.ts';
import { SANDBOX_IMAGE } from '../../lab/node/containerd.ts';
import { createPod, running } from '../node/pods.ts';

/**
 * Starts a whole cluster with a Pod that runs, says where its node is, and waits to be killed, or for the end of
 * standard input. For nothing-left.test.ts.
 */
const cluster = await startCluster();
try {
  const pod = { namespace: 'default', name: 'web', image: SANDBOX_IMAGE, scheduled: true };
  await running(cluster, await createPod(cluster, pod));
  process.stdout.write(`${cluster.node.folder}\n`);
  for await (const _ of process.stdin);
} finally {
  await cluster.stop();
}
