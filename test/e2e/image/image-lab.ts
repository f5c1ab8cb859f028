import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GenericContainer } from 'testcontainers';
import { type Docker, startDocker } from '../../lab/docker/docker.ts';
import { type OperatorImage, operatorImage } from '../../lab/docker/operator-image.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE } from '../../lab/lab.ts';

/** As the shipped Deployment has it. */
export const MEMORY_MIB = 512;
export const USER = 65_532;

const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** A Docker daemon that has the image. */
export interface DockerWithImage {
  readonly docker: Docker;
  readonly image: OperatorImage;
  stop(): Promise<void>;
}

/** Starts the daemon with the image in it, and says on standard error what that was built on. */
export async function startDockerWithImage(): Promise<DockerWithImage> {
  const image = await operatorImage();
  const base = image.standInBecause ? `the STAND-IN ${image.base}` : image.base;
  process.stderr.write(`image tests: ${image.name} on ${base}\n`);
  const docker = await startDocker();
  try {
    await docker.run(['load', '--input', image.archive], { timeoutMs: 300_000 });
  } catch (error) {
    await docker.stop();
    throw error;
  }
  return { docker, image, stop: () => docker.stop() };
}

/** What testcontainers has to be told, before it starts its first container, to use this daemon. */
export function testcontainersEnvironment({ host }: Docker): Readonly<Record<string, string>> {
  return {
    DOCKER_HOST: host,
    // Else it asks for the daemon's bridge, and there is none.
    TESTCONTAINERS_HOST_OVERRIDE: '127.0.0.1',
    // That is an image to be pulled; the daemon takes all its containers with it when it ends.
    TESTCONTAINERS_RYUK_DISABLED: 'true',
  };
}

/** testcontainers has no word of its own for a read-only root and for what a Pod's security context says. */
class HardenedContainer extends GenericContainer {
  constructor(image: string) {
    super(image);
    this.hostConfig.ReadonlyRootfs = true;
    this.hostConfig.Memory = MEMORY_MIB * 1_024 * 1_024;
    // No swap beside it.
    this.hostConfig.MemorySwap = this.hostConfig.Memory;
  }
}

/** The operator in a container, as the shipped Deployment would run it, in the cluster and the AWS of the lab. */
export async function operatorContainer(
  lab: Lab,
  image: string,
  flags: readonly string[],
): Promise<GenericContainer> {
  const { hostname, port } = new URL(lab.controlPlane.url);
  const key = lab.aws.addUser({ arn: `arn:aws:iam::${ACCOUNT}:user/from-image` });
  return new HardenedContainer(image)
    .withNetworkMode('host')
    .withDroppedCapabilities('ALL')
    .withSecurityOpt('no-new-privileges')
    .withBindMounts([{ source: await writeAccount(lab), target: ACCOUNT_FOLDER, mode: 'ro' }])
    .withEnvironment({
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      AWS_ACCESS_KEY_ID: key.accessKeyId,
      AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
      AWS_ENDPOINT_URL: lab.aws.endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    .withCommand([...flags]);
}

/** What kubelet mounts into a Pod: readable by the container's user alone. */
async function writeAccount(lab: Lab): Promise<string> {
  const folder = join(lab.controlPlane.folder, 'service-account');
  await mkdir(folder, { mode: 0o755 });
  const files = {
    token: await lab.controlPlane.serviceAccountToken(OPERATOR_NAMESPACE, 'ecr-operator'),
    'ca.crt': lab.controlPlane.ca,
    namespace: OPERATOR_NAMESPACE,
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), content, { mode: 0o400 });
    await chown(join(folder, name), USER, USER);
  }
  return folder;
}
