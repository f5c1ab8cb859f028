import { join } from 'node:path';
import { ECR } from '@aws-sdk/client-ecr';
import { craneOk, type Login, writeDockerConfig } from '../../lab/crane.ts';
import { createEnds } from '../../lab/ends.ts';
import { ACCOUNT, type Lab, REGION, startLab } from '../../lab/lab.ts';
import { sleeperImage } from '../../lab/node/containerd.ts';
import { type LabNode, NODE_CONTROL_PLANE, startNode } from '../../lab/node/node.ts';
import { startRegistry } from '../../lab/registry.ts';
import { temporaryFolder } from '../../lab/temporary-folder.ts';
import { writeTinyImage } from '../../lab/tiny-image.ts';

/** A cluster with one real node, whose pulls from ECR's host names go to the simulator and a registry behind it. */
export interface NodeLab {
  readonly lab: Lab;
  readonly node: LabNode;
  /** Pushes an image that no other name has, and returns its name; the repository is made when it is not there. */
  push(repository: string, tag: string, place?: Place): Promise<string>;
  /** The same for ECR Public. */
  pushPublic(repository: string, tag: string): Promise<string>;
  stop(): Promise<void>;
}

/** Whose registry, and where. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export const HOME: Place = { accountId: ACCOUNT, region: REGION };

/** Starts registry, simulator, API server and node; no operator runs yet. */
export async function startNodeLab(options: { readonly tokenLifetimeMs?: number } = {}): Promise<NodeLab> {
  const ends = createEnds();
  try {
    const folder = await temporaryFolder('images');
    ends.add(() => folder.remove());
    const registry = await startRegistry();
    ends.add(() => registry.stop());
    const lab = await startLab({
      upstream: registry.url,
      controlPlane: NODE_CONTROL_PLANE,
      ...options,
    });
    ends.add(() => lab.stop());
    const node = await startNode(lab);
    ends.add(() => node.stop());
    return { lab, node, stop: ends.stop, ...pushes(lab, registry.host, folder.path) };
  } catch (error) {
    await ends.stop();
    throw error;
  }
}

export type Pushes = Pick<NodeLab, 'push' | 'pushPublic'>;

/** Pushes of tiny images through the front of the lab's AWS to the registry behind it; the folder is for their files. */
export function pushes(lab: Pick<Lab, 'aws'>, registryHost: string, folder: string): Pushes {
  async function write(name: string): Promise<string> {
    const path = join(folder, encodeURIComponent(name));
    return (await writeTinyImage(path, await sleeperImage(`${name}\n`))).path;
  }
  return {
    async push(repository, tag, place = HOME) {
      const handle = lab.aws.as(place.accountId, place.region);
      if (!handle.repository(repository)) handle.addRepository(repository);
      const name = `${hostOf(place)}/${repository}:${tag}`;
      const image = await write(name);
      const login = { [hostOf(place)]: await loginFor(lab, place) };
      const dockerConfig = await writeDockerConfig(`${image}-login`, login);
      await craneOk(['push', image, name], { dockerConfig, proxy: lab.aws.registryUrl });
      return name;
    },
    async pushPublic(repository, tag) {
      const name = `public.ecr.aws/${repository}:${tag}`;
      const dockerConfig = await writeDockerConfig(join(folder, 'no-login'));
      // Where the front looks for public images; it takes no pushes for them.
      const target = `${registryHost}/public/${repository}:${tag}`;
      await craneOk(['push', await write(name), target], { dockerConfig });
      return name;
    },
  };
}

export function hostOf({ accountId, region }: Place): string {
  return `${accountId}.dkr.ecr.${region}.amazonaws.com`;
}

/** Of somebody in that account who may do all; not the operator. */
async function loginFor(lab: Pick<Lab, 'aws'>, { accountId, region }: Place): Promise<Login> {
  const credentials = lab.aws.addUser({ arn: `arn:aws:iam::${accountId}:user/pusher` });
  const ecr = new ECR({ endpoint: lab.aws.endpoint, region, credentials });
  try {
    const { authorizationData } = await ecr.getAuthorizationToken({});
    const token = Buffer.from(authorizationData?.[0]?.authorizationToken ?? '', 'base64').toString();
    return { username: 'AWS', password: token.slice('AWS:'.length) };
  } finally {
    ecr.destroy();
  }
}
