import { describe, expect, test } from '@jest/globals';
import type { PodState } from '../../../../../src/controllers/pull-secret/repair/pod-state.ts';
import { repairReconciler } from '../../../../../src/controllers/pull-secret/repair/repair-pods.ts';
import { KubeError } from '../../../../../src/runtime/kube-errors.ts';
import { createFakeClock, type FakeClock } from '../../../fake-clock.ts';
import { recordedLog } from '../../../runtime/recorded-log.ts';
import {
  ATTACHED,
  account,
  claim,
  demand,
  HOUR,
  pod,
  type RepairWorld,
  repairWorld,
  SECOND,
} from './repair-objects.ts';

interface Trial extends RepairWorld {
  readonly clock: FakeClock;
  readonly pass: (key?: string) => Promise<object>;
  /** What was asked of the API server, in order. */
  readonly deleted: string[];
  /** `kind name: type reason message`. */
  readonly told: string[];
}

const SETTLED = 3 * SECOND;

/** Deletions succeed, or fail with `error`, and change nothing here: no watch brings any news. */
function trial(
  pods: readonly PodState[] = [pod()],
  error?: Error,
  onDeleted?: (state: RepairWorld) => void,
): Trial {
  const state = repairWorld(...pods);
  const clock = createFakeClock(ATTACHED + SECOND);
  const deleted: string[] = [];
  const told: string[] = [];
  const reconcile = repairReconciler({
    world: state.world,
    pods: state.pods,
    podsIn: () => state.pods.values(),
    client: {
      async delete({ kind }, { namespace, name }, preconditions) {
        deleted.push(`${kind} ${namespace}/${name} ${JSON.stringify(preconditions)}`);
        if (error) throw error;
        onDeleted?.(state);
      },
    },
    events: {
      record: ({ kind }, { metadata }, { type, reason, message }) =>
        void told.push(`${kind} ${metadata.name}: ${type} ${reason} ${message}`),
    },
    clock,
    log: recordedLog(),
  });
  return Object.assign(state, { clock, deleted, told, pass: (key = 'team/web-1') => reconcile(key) });
}

/** Looks at the Pod, waits as long as that asks for, and looks again. */
async function twice(one: Trial): Promise<object> {
  expect(await one.pass()).toEqual({ requeueAfterMs: SETTLED });
  one.clock.advance(SETTLED);
  return one.pass();
}

test('a Pod is deleted once, as the version that was judged, and Pod and claim are told', async () => {
  const one = trial();
  expect(await twice(one)).toEqual({});
  expect(await one.pass()).toEqual({});
  expect(one.deleted).toEqual(['Pod team/web-1 {"uid":"uid-of-web-1","resourceVersion":"9"}']);
  expect(one.told).toEqual([
    'Pod web-1: Normal PodRepaired deleted so that its controller makes it anew with Secret ecr-pull: it was created at 2026-01-01T11:59:59Z, too early to have that from ServiceAccount default, which names it since 2026-01-01T12:00:00Z, and cannot pull 123456789012.dkr.ecr.us-east-1.amazonaws.com/team-a/web without it',
    'ClusterPullSecret all: Normal PodRepaired Pods that were created too early to have Secret ecr-pull from ServiceAccount team/default, and cannot pull their images without it, are deleted so that they come back with it',
  ]);
});

test('where nobody knows since when the ServiceAccount names the Secret, no time is told', async () => {
  const one = trial();
  one.account = account({ attachedAt: undefined });
  await twice(one);
  expect(one.told[0]).toContain('too early to have that from ServiceAccount default, and cannot pull');
});

test('nothing is done about a Pod that is gone, or that needs nothing', async () => {
  const one = trial([pod({ unpulled: [] })]);
  expect([await one.pass('team/gone'), await one.pass()]).toEqual([{}, {}]);
  expect([one.deleted, one.told]).toEqual([[], []]);
});

test('a Pod that has its image before its time comes is left alone', async () => {
  const one = trial();
  await one.pass();
  one.pods.set('team/web-1', pod({ unpulled: [] }), '10');
  one.clock.advance(SETTLED);
  expect([await one.pass(), one.deleted]).toEqual([{}, []]);
});

test('nothing is done about a Pod of another ServiceAccount', async () => {
  const one = trial();
  one.account = account({ name: 'builder' });
  one.world.demand.set('team/ecr-pull', demand({ holder: claim({ serviceAccounts: { mode: 'All' } }) }));
  expect([await one.pass(), one.deleted]).toEqual([{}, []]);
});

test('the time begins anew where the Pod was not Pending meanwhile', async () => {
  const one = trial();
  await one.pass();
  one.pods.remove('team/web-1');
  await one.pass();
  one.pods.set('team/web-1', pod(), '11');
  one.clock.advance(SETTLED);
  expect(await one.pass()).toEqual({ requeueAfterMs: SETTLED });
});

test('the time begins anew with a new attachment', async () => {
  const one = trial();
  await one.pass();
  one.account = account({ pullSecrets: [], ours: [] });
  await one.pass();
  one.clock.advance(HOUR);
  one.account = account({ attachedAt: one.clock.now() });
  expect([await one.pass(), one.deleted]).toEqual([{ requeueAfterMs: SETTLED }, []]);
});

describe('what comes back', () => {
  const again = pod({ name: 'web-2', uid: 'u2', createdAt: ATTACHED + 5 * SECOND });

  test('without the Secret is left alone, with each further attachment too', async () => {
    const one = trial();
    await twice(one);
    one.pods.set('team/web-2', again, '1');
    one.account = account({ attachedAt: ATTACHED + HOUR });
    expect([await one.pass('team/web-2'), one.deleted.length]).toEqual([{}, 1]);
  });

  test('before the deletion is answered is told from what was there', async () => {
    const one = trial([pod()], undefined, ({ pods }) => void pods.set('team/web-2', again, '1'));
    await twice(one);
    one.account = account({ attachedAt: ATTACHED + HOUR });
    expect([await one.pass('team/web-2'), one.deleted.length]).toEqual([{}, 1]);
  });

  test('later than the others of its controller lets these be deleted, once each', async () => {
    const one = trial([pod(), pod({ name: 'web-3', uid: 'u3', createdAt: ATTACHED })]);
    one.account = account({ attachedAt: undefined });
    await twice(one);
    one.pods.set('team/web-2', again, '1');
    expect(await one.pass('team/web-2')).toEqual({});
    expect(await one.pass('team/web-3')).toEqual({ requeueAfterMs: SETTLED });
  });

  test('with the Secret lets later ones be repaired', async () => {
    const one = trial();
    await twice(one);
    one.pods.set('team/web-3', { ...again, name: 'web-3', uid: 'u3', pullSecrets: ['ecr-pull'] }, '1');
    await one.pass('team/web-3');
    one.pods.set('team/web-2', again, '1');
    one.account = account({ attachedAt: ATTACHED + HOUR });
    expect(await one.pass('team/web-2')).toEqual({ requeueAfterMs: SETTLED });
  });
});

describe('a deletion that does not come about', () => {
  const BACKOFF = { retry: { kind: 'backoff' } };

  test.each<[string, Error, object]>([
    ['since the Pod is gone, is none to speak of', new KubeError(404, 'NotFound', 'no'), {}],
    ['since the Pod changed, is tried again quietly', new KubeError(409, 'Conflict', 'no'), BACKOFF],
  ])('%s', async (_what, error, next) => {
    const one = trial([pod()], error);
    expect([await twice(one), one.told]).toEqual([next, []]);
  });

  test('since somebody forbids it, backs off and is told', async () => {
    const one = trial(
      [pod()],
      new KubeError(403, 'Forbidden', 'admission webhook "no.example" denied the request'),
    );
    expect(await twice(one)).toEqual(BACKOFF);
    expect(one.told).toEqual([
      'Pod web-1: Warning PodNotRepaired it was created too early to have Secret ecr-pull from ServiceAccount default, and cannot be deleted to come back with it: admission webhook "no.example" denied the request; this is tried again, or delete it yourself',
      'ClusterPullSecret all: Warning PodNotRepaired Pods that were created too early to have Secret ecr-pull from ServiceAccount team/default cannot be deleted (KubernetesForbidden): their Events say why; this is tried again',
    ]);
  });
});

test('a PullSecret is told as one', async () => {
  const one = trial();
  const holder = { ...claim(), kind: 'PullSecret' } as ReturnType<typeof claim>;
  one.world.demand.set('team/ecr-pull', demand({ holder }));
  one.secret = one.secret && { ...one.secret, holder: 'PullSecret/all' };
  await twice(one);
  expect(one.told.map((line) => line.split(':')[0])).toEqual(['Pod web-1', 'PullSecret all']);
});
