import { describe, expect, test } from '@jest/globals';
import { deliveryReconciler } from '../../../../src/controllers/pull-secret/deliver.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { createFakeClock } from '../../fake-clock.ts';
import {
  clusterPullSecret,
  NOW,
  namespace,
  registry,
  secret,
  serviceAccount,
  type Things,
  token,
  worldOf,
} from '../objects.ts';

interface Trial {
  readonly pass: () => Promise<object>;
  /** The writes, in order. */
  readonly writes: string[];
  readonly world: ReturnType<typeof worldOf>;
}

/** Writes succeed, but for those in `failures`, and change nothing here: no watch brings any news. */
function trial(things: Things, failures: Readonly<Record<string, Error>> = {}): Trial {
  const writes: string[] = [];
  const write = async (what: string): Promise<never> => {
    writes.push(what);
    const failure = failures[what];
    if (failure) throw failure;
    return undefined as never;
  };
  const client: Partial<KubeClient> = {
    apply: (resource, _object, { force }) => write(`apply ${resource.kind}${force ? ', forced' : ''}`),
    jsonPatch: ({ kind }) => write(`patch ${kind}`),
    mergePatch: ({ kind }) => write(`release ${kind}`),
    delete: ({ kind }, _path, preconditions) => write(`delete ${kind} ${JSON.stringify(preconditions)}`),
  };
  const world = worldOf({ registries: [registry()], namespaces: [namespace()], ...things });
  world.tokens.set('default', { token: token() });
  const pass = deliveryReconciler({
    world,
    client: client as KubeClient,
    clock: createFakeClock(NOW),
    onResult: () => undefined,
  });
  return { pass: () => pass('team/ecr-pull'), writes, world };
}

const WANTED = { clusterPullSecrets: [clusterPullSecret()], serviceAccounts: [serviceAccount()] };
const ATTACHED = serviceAccount({ pullSecrets: ['ecr-pull'], ours: ['ecr-pull'], annotated: true });
const GOING = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const CONFLICT = new KubeError(409, 'Conflict', 'no');
const RETRY = { retry: { kind: 'backoff' } };

describe('a delivery', () => {
  test.each<[string, Things, string[]]>([
    ['makes the Secret, never by force, then the entry', WANTED, ['apply Secret', 'patch ServiceAccount']],
    ['writes nothing where all is well', { ...WANTED, secrets: [secret()], serviceAccounts: [ATTACHED] }, []],
    [
      'takes back what was edited in a Secret of ours',
      { ...WANTED, secrets: [secret({ intact: false })], serviceAccounts: [ATTACHED] },
      ['apply Secret, forced'],
    ],
    ['leaves a stranger’s Secret alone', { ...WANTED, secrets: [secret({ managed: false })] }, []],
    [
      'takes its entry back from beside a stranger’s Secret',
      { ...WANTED, secrets: [secret({ managed: false })], serviceAccounts: [ATTACHED] },
      ['patch ServiceAccount'],
    ],
    [
      'takes away what nobody wants, by uid and version',
      { secrets: [secret()], serviceAccounts: [ATTACHED] },
      ['delete Secret {"uid":"uid-of-secret","resourceVersion":"7"}', 'patch ServiceAccount'],
    ],
    [
      'does nothing in a namespace that is going',
      { ...WANTED, namespaces: [namespace('team', { terminating: true })] },
      [],
    ],
    [
      'gives nothing to a namespace that may not Pull',
      { ...WANTED, registries: [registry('default', { tenancy: { rules: [] } })] },
      [],
    ],
  ])('%s', async (_what, things, writes) => {
    const one = trial(things);
    expect([await one.pass(), one.writes]).toEqual([{}, writes]);
  });

  test('waits without a word where the ServiceAccount is not there yet', async () => {
    const one = trial({ ...WANTED, serviceAccounts: [] });
    expect([await one.pass(), one.world.results.get('team/ecr-pull')]).toEqual([{}, undefined]);
  });

  test.each<[string, string, Error]>([
    ['Secret that the cache has not seen', 'apply Secret', CONFLICT],
    ['ServiceAccount that has changed', 'patch ServiceAccount', CONFLICT],
    [
      'ServiceAccount whose version is not that of the patch',
      'patch ServiceAccount',
      new KubeError(422, 'Invalid', 'the server rejected our request'),
    ],
  ])('is tried again beside a %s', async (_what, what, error) => {
    const one = trial(WANTED, { [what]: error });
    expect([await one.pass(), one.world.results.get('team/ecr-pull')]).toEqual([
      RETRY,
      {
        reason: 'Conflict',
        message: 'Secret ecr-pull or the ServiceAccount changed meanwhile, trying again',
      },
    ]);
  });

  test('in a namespace that turns out to be going is no failure', async () => {
    const words = 'unable to create new content in namespace team because it is being terminated';
    const one = trial(WANTED, { 'apply Secret': new KubeError(403, 'Forbidden', words) });
    expect([await one.pass(), one.world.results.get('team/ecr-pull')]).toEqual([{}, undefined]);
  });
});

describe('what is retained', () => {
  const retained = {
    clusterPullSecrets: [clusterPullSecret('all', { deletionPolicy: 'Retain' }, GOING)],
    serviceAccounts: [ATTACHED],
    secrets: [secret()],
  };

  test('stays, the Secret and its entry', async () => {
    const one = trial(retained);
    expect([await one.pass(), [...one.writes].sort()]).toEqual([
      {},
      ['patch ServiceAccount', 'release Secret'],
    ]);
  });

  test('says whose it is until the entry is released too: without that the entry would be taken away', async () => {
    const one = trial(retained, { 'patch ServiceAccount': CONFLICT });
    expect([await one.pass(), one.writes]).toEqual([RETRY, ['patch ServiceAccount']]);
  });
});
