import type { RepositoryStatus } from '../../../src/api/repository.generated.ts';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { Image } from '../../lab/aws/registry-state.ts';
import { waitFor } from '../../lab/wait-for.ts';
import {
  callsOn,
  type EcrLab,
  type RepositoryObject,
  type RepositorySettings,
  repositoryArn,
  repositoryManifest,
} from '../repository/ecr-lab.ts';

export const ANNOTATION = 'ecr-operator.io/images-requested-at';
const HOUR = 3_600_000;
const QUARTER = HOUR / 4;
const LIST = 'ecr:DescribeImages';

/** What tests of images say of one Repository, whose ECR repository has the same name. */
export interface ImageScene {
  readonly name: string;
  /** Pushes images `1` to `count` an hour apart, the last one an hour ago; image N has the tag `vN` and N bytes. */
  push(count: number, more?: (index: number) => Partial<Image>): void;
  /** The Repository, Ready, with its images told. */
  ready(settings?: RepositorySettings): Promise<RepositoryObject>;
  /**
   * Asks for a look by annotation, and waits until it is over, written or not: a key is worked on once at a time, so the
   * next look begins after it. Its calls of ECR about images, and the status.
   */
  look(): Promise<{ readonly calls: readonly string[]; readonly status: RepositoryStatus }>;
  status(): Promise<RepositoryStatus>;
  /** Resolves when the status is as wished. */
  once(what: string, until: (status: RepositoryStatus) => boolean): Promise<RepositoryStatus>;
  /** How often the operator has written the images. */
  writes(): number;
}

export function imageScene(lab: EcrLab, namespace: string, name: string): ImageScene {
  const ref = repositoryManifest(namespace, name);
  let asked = 0;

  async function status(): Promise<RepositoryStatus> {
    return (await lab.admin.get<RepositoryObject>(ref))?.status ?? {};
  }

  async function once(what: string, until: (status: RepositoryStatus) => boolean): Promise<RepositoryStatus> {
    return waitFor(status, { what: `${what} of ${name}`, until });
  }

  const imageCalls = (): string[] =>
    callsOn(lab, name).filter((call) => call === LIST || call === 'ecr:DescribeImageScanFindings');

  const lists = (): number => imageCalls().filter((call) => call === LIST).length;

  async function ask(): Promise<void> {
    const before = lists();
    asked += 1;
    await lab.admin.patch(ref, { metadata: { annotations: { [ANNOTATION]: String(asked) } } });
    await waitFor(() => lists() > before, { what: `a look at the images of ${name}` });
  }

  return {
    name,
    status,
    once,
    push(count, more = () => ({})) {
      const now = lab.aws.clock.now().getTime();
      for (let index = 1; index <= count; index += 1) {
        lab.ecr.addImage(name, {
          digest: digestOf(`${name} ${index}`),
          tags: new Set([`v${index}`]),
          sizeInBytes: index,
          pushedAt: new Date(now - (count - index + 1) * HOUR),
          ...more(index),
        });
      }
    },
    async ready(settings = {}) {
      const put = await lab.repository(namespace, name, { registryRef: { name: 'open' }, ...settings });
      const object = await lab.settled(put);
      await once('images', ({ imageCount }) => imageCount !== undefined);
      return object;
    },
    async look() {
      const before = imageCalls().length;
      await ask();
      await ask();
      const calls = imageCalls().slice(before);
      return { calls: calls.slice(0, calls.indexOf(LIST, 1)), status: await status() };
    },
    writes: () =>
      lab.proxy
        .mutations({
          where: ({ path }) => path.endsWith(`/namespaces/${namespace}/repositories/${name}/status`),
        })
        .filter(({ query }) => query.get('fieldManager') === 'ecr-operator-images').length,
  };
}

/**
 * Time goes on until the schedule has had the images of a repository looked at more often than that: an hour and a half
 * at most, since each tick is spread over half of the time to the next one.
 */
export async function scheduledLook(lab: EcrLab, name: string, looks: number): Promise<void> {
  const done = (): number => lab.aws.actions.counts(repositoryArn(name))[LIST] ?? 0;
  await waitFor(
    async () => {
      await lab.advance(QUARTER);
      return done() > looks;
    },
    { what: `the schedule to have ${name} looked at`, intervalMs: 300 },
  );
}
