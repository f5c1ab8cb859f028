import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { ANNOTATION, imageScene } from '../images/image-scene.ts';
import { EVERY_WORD, type RepositoryObject, repositoryManifest } from '../repository/ecr-lab.ts';
import { inParallel, MINUTE, type SweepLab, startSweepLab } from './sweep-lab.ts';

const NAMESPACE = 'regions';
/** More than there are workers of any controller. */
const COUNT = 40;
/** Of lab time: nobody in the west waits for turns in the east, of which each takes seconds and all of them 40. */
const SOON_MS = 10_000;
const STEP_MS = 250;

jest.setTimeout(60_000);

let lab: SweepLab;

const east = { registryRef: { name: 'open' } };
const west = { registryRef: { name: 'west' } };
const names = Array.from({ length: COUNT }, (_, index) => `east-${index}`);

beforeAll(async () => {
  lab = await startSweepLab();
  await lab.namespace(NAMESPACE);
  // A minute after that of the east.
  const driftCheck = { schedule: '1 * * * *', timeZone: 'UTC' };
  const tenancy = { rules: [{ allow: [...EVERY_WORD] }] };
  await lab.settled(await lab.registry('west', { region: 'us-west-2', driftCheck, tenancy }));
  await inParallel(names, (name) => lab.admin.create(repositoryManifest(NAMESPACE, name, east)));
  await inParallel([...names, 'west-0'], async (name) => {
    await lab.looked(
      await lab.settled(await lab.repository(NAMESPACE, name, name === 'west-0' ? west : east)),
    );
  });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** The east comes to rest, and its budget to its full rate. */
afterEach(async () => {
  await inParallel(names, (name) =>
    lab.settledInTime(repositoryManifest(NAMESPACE, name) as RepositoryObject),
  );
  await lab.advance(200_000);
});

/** While AWS throttles this action in the east, and `begin` makes the operator ask for it, how long `done` takes (ms). */
async function timeOf(
  action: string,
  begin: () => Promise<unknown>,
  done: () => Promise<() => Promise<boolean>>,
): Promise<number> {
  const fault = lab.aws.faults.add({ match: { action, region: 'us-east-1' }, fault: { kind: 'throttle' } });
  try {
    await begin();
    await waitFor(() => fault.hits() >= 4, { what: `${action} to be throttled` });
    const isDone = await done();
    const from = lab.now();
    const later = async () => {
      await lab.advance(STEP_MS);
      return isDone();
    };
    await waitFor(later, { what: 'the west', timeoutMs: 30_000, intervalMs: 50 });
    return lab.now() - from;
  } finally {
    fault.remove();
  }
}

const patchEast = (metadata: object) =>
  inParallel(names, (name) => lab.admin.patch(repositoryManifest(NAMESPACE, name), { metadata }));

test('a Repository is made while AWS throttles what people change in another region', async () => {
  const changeEast = () =>
    inParallel(names, (name) => lab.repository(NAMESPACE, name, { ...east, tags: { changed: 'yes' } }));
  const took = await timeOf('ecr:*', changeEast, async () => {
    const object = await lab.repository(NAMESPACE, 'west-1', west);
    return async () => {
      const found = await lab.admin.get<RepositoryObject>(object);
      return found?.status?.arn !== undefined;
    };
  });
  expect(took).toBeLessThan(SOON_MS);
});

test('images are told while AWS throttles a look at those of another region', async () => {
  const lookEast = () => patchEast({ annotations: { [ANNOTATION]: 'now' } });
  const took = await timeOf('ecr:DescribeImages', lookEast, async () => {
    const scene = imageScene(lab, NAMESPACE, 'west-0');
    lab.aws.as('123456789012', 'us-west-2').addImage('west-0', { digest: digestOf('west') });
    await lab.admin.patch(repositoryManifest(NAMESPACE, 'west-0'), {
      metadata: { annotations: { [ANNOTATION]: 'now' } },
    });
    return async () => (await scene.status()).imageCount === 1;
  });
  expect(took).toBeLessThan(SOON_MS);
});

test('a drift check ends while AWS throttles that of another region', async () => {
  const others = lab.aws.as('123456789012', 'us-west-2');
  const took = await timeOf('ecr:ListTagsForResource', lab.beginSweep, async () => {
    others.repository('west-0')?.tags.clear();
    await lab.advance(MINUTE);
    return async () => others.repository('west-0')?.tags.size !== 0;
  });
  expect(took).toBeLessThan(SOON_MS);
});
