import { startLab } from '../../lab/lab.ts';
import { SANDBOX_IMAGE } from '../../lab/node/containerd.ts';
import { NODE_CONTROL_PLANE, startNode } from '../../lab/node/node.ts';
import { createPod, running } from './pods.ts';

/**
 * Starts a node with a Pod that runs, says where it is, and waits to be killed, or for the end of standard input. For
 * nothing-left.test.ts.
 */
const lab = await startLab({ controlPlane: NODE_CONTROL_PLANE });
try {
  const node = await startNode(lab);
  try {
    // An image that the node has: no registry is needed.
    await running(lab, await createPod(lab, { namespace: 'default', name: 'web', image: SANDBOX_IMAGE }));
    process.stdout.write(`${node.folder}\n`);
    for await (const _ of process.stdin);
  } finally {
    await node.stop();
  }
} finally {
  await lab.stop();
}
