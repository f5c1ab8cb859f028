import { describe, expect, test } from '@jest/globals';
import type { ClusterPullSecret } from '../../../../src/api/cluster-pull-secret.generated.ts';
import type { PullSecretStatus } from '../../../../src/api/shared.generated.ts';
import { clusterPullSecret, HOUR, NOW, namespace, type Things } from '../objects.ts';
import { claimTrial } from './claim-trial.ts';
import { login, secret } from './pull-objects.ts';

describe('a rotation that is asked for', () => {
  const annotations = { 'ecr-operator.io/rotate-requested-at': 'now, please' };
  const asking = (status?: PullSecretStatus): ClusterPullSecret => ({
    ...clusterPullSecret('all', {}, { annotations }),
    ...(status ? { status } : {}),
  });
  const answered = { request: 'now, please', at: '2026-01-01T13:00:00Z' };
  const done = {
    type: 'Normal',
    reason: 'Rotated',
    message:
      'the rotation asked for by ecr-operator.io/rotate-requested-at=now, please is done in 1 namespaces',
  };
  /** With a token of this age (ms after {@link NOW}) in the Secret, an hour after {@link NOW}. */
  const withToken = (issued: number, things: Things = {}) => {
    const logins = [login({ issuedAt: NOW + issued })];
    return claimTrial({
      object: asking(),
      after: HOUR,
      things: { secrets: [secret({ logins })], ...things },
    });
  };

  test('wakes the tokens once', async () => {
    const one = withToken(0);
    const first = await one.pass();
    expect([first.status?.rotation, first.happenings, one.requested]).toEqual([undefined, [], ['default|']]);
    await one.pass();
    expect(one.requested).toEqual(['default|']);
    await one.pass(
      clusterPullSecret('all', {}, { annotations: { 'ecr-operator.io/rotate-requested-at': 'again' } }),
    );
    expect(one.requested).toEqual(['default|', 'default|']);
  });

  test.each<[string, boolean, number, Things]>([
    ['done when every token is younger than the wish', true, HOUR, {}],
    ['not done with the token of before', false, HOUR - 1_000, {}],
    ['not done before all namespaces have it', false, HOUR, { namespaces: [namespace(), namespace('b')] }],
  ])('is %s: %s', async (_when, expected, issued, things) => {
    const { status, happenings } = await withToken(issued, things).pass();
    expect([status?.rotation, happenings]).toEqual(expected ? [answered, [done]] : [undefined, []]);
  });

  test('is done in whole seconds, which is what Secrets tell', async () => {
    const one = withToken(HOUR);
    one.clock.advance(999);
    expect((await one.pass()).happenings).toEqual([done]);
  });

  test('that was answered stays answered, and wakes nobody', async () => {
    const one = withToken(0);
    const { status, happenings } = await one.pass(asking({ rotation: answered }));
    expect([status?.rotation, happenings, one.requested]).toEqual([answered, [], []]);
  });

  test('keeps the answer to the last one until it is done', async () => {
    const before = { request: 'earlier', at: '2026-01-01T00:00:00Z' };
    const { status } = await withToken(0).pass(asking({ rotation: before }));
    expect(status?.rotation).toEqual(before);
  });

  test('is not done where there is no token at all', async () => {
    const one = withToken(0, { secrets: [], namespaces: [] });
    one.world.tokens.forget('default|');
    expect((await one.pass()).happenings).toEqual([]);
  });
});
