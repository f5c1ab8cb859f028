import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { LIFECYCLE, POLICY } from '../repository/documents.ts';
import { OWNER_TAG, type RepositoryObject, readyOf, repositoryManifest } from '../repository/ecr-lab.ts';
import { inParallel, type SweepLab, startSweepLab } from './sweep-lab.ts';

const NAMESPACE = 'throttled';
const COUNT = 200;
/** Lab time goes on by this much, again and again: at the lowest rate a few calls are possible in it. */
const STEP_MS = 5_000;

jest.setTimeout(400_000);

let lab: SweepLab;

beforeAll(async () => {
  lab = await startSweepLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const isReady = (object: RepositoryObject) => readyOf(object).status === 'True';

test('with half of all calls throttled, 200 Repositories are all Ready, and no write is lost', async () => {
  const fault = lab.aws.faults.add({
    match: { action: 'ecr:*' },
    fault: { kind: 'throttle' },
    rate: 0.5,
    seed: 7,
  });
  const names = Array.from({ length: COUNT }, (_, index) => `throttled-${index}`);
  const started = lab.aws.clock.now().getTime();
  await inParallel(names, (name) =>
    lab.admin.create(
      repositoryManifest(NAMESPACE, name, {
        registryRef: { name: 'open' },
        tags: { team: name },
        lifecycle: { document: LIFECYCLE },
        policy: { document: POLICY },
      }),
    ),
  );
  const readyAfter = new Map<string, number>();
  const kind = { apiVersion: 'ecr-operator.io/v1alpha1', kind: 'Repository', namespace: NAMESPACE };
  await waitFor(
    async () => {
      await lab.advance(STEP_MS);
      const all = await lab.admin.list<RepositoryObject>(kind);
      for (const { metadata } of all.filter(isReady)) {
        if (readyAfter.has(metadata.name)) continue;
        readyAfter.set(metadata.name, lab.aws.clock.now().getTime() - started);
      }
      return readyAfter.size;
    },
    { what: `${COUNT} Repositories`, until: (ready) => ready === COUNT, timeoutMs: 240_000, intervalMs: 30 },
  );
  const slowest = [...readyAfter].sort(([, a], [, b]) => b - a).slice(0, 10);
  const shown = slowest.map(([name, ms]) => `${name} ${(ms / 1_000).toFixed(0)} s`).join(', ');
  process.stdout.write(`${fault.hits()} calls throttled; the slowest ten: ${shown}\n`);
  expect(fault.hits()).toBeGreaterThan(COUNT);
  fault.remove();
  for (const name of names) {
    const { tags, lifecycle, policyText } = lab.held(name);
    expect([tags.get('team'), tags.has(OWNER_TAG)]).toEqual([name, true]);
    expect([lifecycle?.text, policyText]).toEqual([expect.any(String), expect.any(String)]);
  }
});
