import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { API_VERSION, callsOn, type EcrLab, type RepositoryObject, readyOf, startEcrLab } from './ecr-lab.ts';

const NAMESPACE = 'woken';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const open = { registryRef: { name: 'open' } };

test('whoever waits for a name gets it when its owner has deleted the repository', async () => {
  const spec = { ...open, name: 'wanted', deletionPolicy: 'Delete' } as const;
  const first = await lab.settled(await lab.repository(NAMESPACE, 'first', spec));
  const second = await lab.repository(NAMESPACE, 'second', spec);
  await lab.settled(second, 'OwnedByAnother');
  await lab.admin.delete(first);
  await lab.gone(first);
  await lab.settled(second);
});

test('a Registry that touches all of its Repositories does not keep a new one waiting', async () => {
  const names = Array.from({ length: 40 }, (_, index) => `crowd-${index}`);
  for (const object of await Promise.all(names.map((name) => lab.repository(NAMESPACE, name, open)))) {
    await lab.looked(await lab.settled(object));
  }
  lab.aws.actions.clear();
  lab.aws.latencyMs = 100;
  try {
    const registry = { apiVersion: API_VERSION, kind: 'Registry', metadata: { name: 'open' } };
    await lab.admin.patch(registry, { metadata: { annotations: { touched: '1' } } });
    const begun = () => names.filter((name) => callsOn(lab, name).length > 0).length;
    await waitFor(begun, { what: 'the passes over the crowd to begin', intervalMs: 5 });
    const newcomer = await lab.repository(NAMESPACE, 'newcomer', open);
    await waitFor(() => callsOn(lab, 'newcomer').length > 0, { what: 'the newcomer', intervalMs: 5 });
    // Those that are under way, twice over; not all of them.
    expect(begun()).toBeLessThan(30);
    await lab.settled(newcomer);
    await waitFor(() => begun() === names.length, { what: 'the rest of the crowd' });
  } finally {
    lab.aws.latencyMs = 0;
  }
});

// The last, since it starts the operator anew.
test('a Registry that is suspended while no operator runs is told by its Repositories after the start', async () => {
  const registry = await lab.settled(await lab.registry('resting'));
  const spec = { registryRef: { name: 'resting' } };
  const object = await lab.settled(await lab.repository(NAMESPACE, 'resting', spec));
  await lab.operator.stop();
  await lab.admin.patch(registry, { spec: { suspend: true } });
  await lab.startOperator({ server: lab.proxy.url });
  await waitFor(() => lab.admin.get<RepositoryObject>(object), {
    what: 'the Repository to say that its Registry is suspended',
    until: (now) => readyOf(now).reason === 'RegistrySuspended',
  });
});
