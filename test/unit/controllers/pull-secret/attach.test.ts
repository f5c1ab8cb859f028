import { describe, expect, test } from '@jest/globals';
import type { PullSecretServiceAccounts } from '../../../../src/api/shared.generated.ts';
import { type Contests, createContests } from '../../../../src/controllers/contests.ts';
import { type Attachments, attach } from '../../../../src/controllers/pull-secret/attach.ts';
import type { ServiceAccountState } from '../../../../src/controllers/pull-secret/service-account.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { createFakeClock, type FakeClock } from '../../fake-clock.ts';
import { NOW } from '../objects.ts';
import { ATTACHED, cluster, serviceAccount } from './pull-objects.ts';

const NAMES = ['default', 'builder', 'deployer'];
const PLAIN = NAMES.map((name) => serviceAccount({ name }));
const NAMED = NAMES.map((name) => ({ ...ATTACHED, name }));

interface Trial {
  readonly contests: Contests;
  readonly clock: FakeClock;
  /** The accounts that were patched, in order. */
  readonly patched: string[];
  run(more: Partial<Attachments>): ReturnType<typeof attach>;
}

function trial(failures: Readonly<Record<string, Error>> = {}): Trial {
  const clock = createFakeClock(NOW);
  const contests = createContests(clock);
  const patched: string[] = [];
  const client: Pick<KubeClient, 'jsonPatch'> = {
    async jsonPatch({ kind }, { namespace, name = '' }, operations) {
      patched.push(name);
      expect([kind, namespace, operations[0]?.op]).toEqual(['ServiceAccount', 'team', 'test']);
      const failure = failures[name];
      if (failure) throw failure;
    },
  };
  const target = { namespace: 'team', secretName: 'ecr-pull' };
  return {
    clock,
    contests,
    patched,
    run: (more) =>
      attach(client as KubeClient, clock, contests, {
        target,
        holder: cluster('all', { serviceAccounts: { mode: 'All' } }),
        action: 'attach',
        accounts: PLAIN,
        configured: ['ecr-pull'],
        ...more,
      }),
  };
}

function wanting(serviceAccounts: PullSecretServiceAccounts): Partial<Attachments> {
  return { holder: cluster('all', { serviceAccounts }) };
}

describe('the ServiceAccounts of a namespace', () => {
  test.each<[string, Partial<Attachments>, readonly string[]]>([
    ['get the Secret, all of them', {}, NAMES],
    ['get the Secret, the default one', wanting({ mode: 'Default' }), ['default']],
    [
      'get the Secret, those that are named',
      wanting({ mode: 'Named', names: ['builder', 'x'] }),
      ['builder'],
    ],
    ['do not get it where none shall', wanting({ mode: 'None' }), []],
    ['are left alone where they have it', { accounts: NAMED }, []],
    [
      'lose it where fewer shall have it than before',
      { accounts: NAMED, ...wanting({ mode: 'Named', names: ['builder'] }) },
      ['default', 'deployer'],
    ],
    ['lose it where none shall have it any more', { accounts: NAMED, ...wanting({ mode: 'None' }) }, NAMES],
    ['lose it where it is to be detached', { accounts: NAMED, action: 'detach' }, NAMES],
    ['lose it where nobody holds it', { accounts: NAMED, holder: undefined }, NAMES],
    ['lose nothing that they do not have from us', { accounts: PLAIN, action: 'detach' }, []],
    ['keep it and it is theirs, where it is released', { accounts: NAMED, action: 'release' }, NAMES],
    ['stay as they are where that is decided', { accounts: PLAIN, action: 'keep' }, []],
  ])('%s', async (_what, more, expected) => {
    const one = trial();
    expect([await one.run(more), one.patched]).toEqual([{}, expected]);
  });

  test('that are gone are no failure', async () => {
    const one = trial({ builder: new KubeError(404, 'NotFound', 'gone') });
    expect([await one.run({}), one.patched]).toEqual([{}, NAMES]);
  });

  test.each<[string, Error, object]>([
    [
      'one that was changed meanwhile',
      new KubeError(422, 'Invalid', 'the test failed'),
      { reason: 'Conflict', message: 'ServiceAccount builder changed meanwhile, trying again' },
    ],
    [
      'one that a webhook refuses',
      new KubeError(400, 'BadRequest', 'a webhook says no'),
      { reason: 'KubernetesError', message: 'a webhook says no' },
    ],
    [
      'one that we may not write to',
      new KubeError(403, 'Forbidden', 'no right'),
      { reason: 'KubernetesForbidden', message: 'no right' },
    ],
  ])('are all served but for %s, which is thrown in the end', async (_what, error, expected) => {
    const one = trial({ builder: error });
    await expect(one.run({})).rejects.toMatchObject(expected);
    expect(one.patched).toEqual(NAMES);
  });

  test('of which several fail throw the first', async () => {
    const [a, b] = [new Error('a'), new Error('b')];
    await expect(trial({ builder: a, deployer: b }).run({})).rejects.toBe(a);
  });
});

describe('a ServiceAccount that somebody keeps reverting', () => {
  /** Puts it right so often that it has to wait. */
  async function contested(one: Trial, accounts: readonly ServiceAccountState[]) {
    for (let count = 0; count < 6; count += 1) expect(await one.run({ accounts })).toEqual({});
    one.patched.length = 0;
    return one.run({ accounts });
  }

  test('is put right less and less often, and that is told', async () => {
    const one = trial();
    expect(await contested(one, [serviceAccount({ editor: 'argocd' })])).toEqual({
      againMs: 10_000,
      failure: {
        reason: 'ServiceAccountContested',
        message:
          'somebody (field manager argocd) keeps taking ecr-pull out of imagePullSecrets of ServiceAccount default, which was put back 5 times: tried again at 2026-01-01T12:00:10Z; have that tool ignore the field or name ecr-pull itself, or write serviceAccounts.mode None',
      },
    });
    expect(one.patched).toEqual([]);
    one.clock.advance(10_000);
    expect([await one.run({ accounts: [serviceAccount()] }), one.patched]).toEqual([{}, ['default']]);
  });

  test('is told without a name where nobody knows who does it', async () => {
    const { failure } = await contested(trial(), [serviceAccount()]);
    expect(failure?.message).toMatch(/^somebody keeps taking/);
  });

  test('holds up no other, and the shortest of the waits counts', async () => {
    const one = trial();
    await contested(one, [serviceAccount()]);
    one.clock.advance(4_000);
    for (let count = 0; count < 7; count += 1) one.contests.restored('team/ecr-pull ServiceAccount builder');
    one.patched.length = 0;
    expect(await one.run({})).toMatchObject({
      againMs: 6_000,
      failure: { message: expect.stringContaining('ServiceAccount default,') },
    });
    expect(one.patched).toEqual(['deployer']);
  });

  test('is a fight over the Secret of that name only, in that namespace', async () => {
    const one = trial();
    await contested(one, [serviceAccount()]);
    const others = ['other', 'ecr-pull-2'].map((secretName) => ({ namespace: 'team', secretName }));
    for (const target of others) expect(await one.run({ target, accounts: [serviceAccount()] })).toEqual({});
  });

  test('is taken out at once where it is not wanted any more, and then there is no fight', async () => {
    const one = trial();
    await contested(one, [serviceAccount()]);
    expect([await one.run({ accounts: [ATTACHED], action: 'detach' }), one.patched]).toEqual([
      {},
      ['default'],
    ]);
    expect(await one.run({ accounts: [serviceAccount()] })).toEqual({});
  });

  test('does not count what failed', async () => {
    const one = trial({ default: new KubeError(422, 'Invalid', 'the test failed') });
    for (let count = 0; count < 20; count += 1)
      await expect(one.run({ accounts: [serviceAccount()] })).rejects.toThrow('changed meanwhile');
  });
});
