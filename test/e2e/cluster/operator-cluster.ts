import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, type ClusterOptions, startCluster } from '../../lab/cluster.ts';
import { operatorImage } from '../../lab/docker/operator-image.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { writeStandInImage } from '../../lab/node/stand-in-image.ts';
import { type Pushes, pushes } from '../node/node-lab.ts';
import { type UserShell, userShell } from './user-shell.ts';

/** A whole cluster whose node has the image of these sources, `ecr-operator:0.1.0`, and somebody who is to install it. */
export interface OperatorCluster extends Pushes {
  readonly cluster: Cluster;
  readonly shell: UserShell;
  /** Gives the node an image of the operator, of that tag, with another bundle. */
  importImage(tag: string, bundle: Buffer): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the cluster; nothing is installed yet. */
export async function startOperatorCluster(options: ClusterOptions = {}): Promise<OperatorCluster> {
  const { archive } = await operatorImage();
  const cluster = await startCluster(options);
  try {
    const { folder, aws, registry, node } = cluster;
    const importImage = async (tag: string, content: Buffer): Promise<void> => {
      const name = `docker.io/library/ecr-operator:${tag}`;
      await node.importImage(await writeStandInImage(folder, { name, bundle: content }));
    };
    await node.importImage(archive);
    const images = join(folder, 'pushed');
    await mkdir(images);
    const key = aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/ecr-operator` });
    const keys = { AWS_ACCESS_KEY_ID: key.accessKeyId, AWS_SECRET_ACCESS_KEY: key.secretAccessKey };
    return {
      cluster,
      shell: await userShell(cluster, keys),
      importImage,
      ...pushes(cluster, registry.host, images),
      stop: () => cluster.stop(),
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
