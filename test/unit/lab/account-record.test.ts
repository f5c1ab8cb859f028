import { describe, expect, test } from '@jest/globals';
import { callsIn, noted, OWN_NAMESPACE } from '../../lab/account-record.ts';

describe('a line of an audit log', () => {
  const event = {
    user: { username: 'system:serviceaccount:ecr-operator:ecr-operator' },
    userAgent: 'ecr-operator',
    verb: 'patch',
    responseStatus: { code: 201 },
    objectRef: { resource: 'secrets', namespace: 'team', name: 'ecr-pull' },
  };

  test('is a call, and an apply that made something a second one', () => {
    const asked = { resource: '/secrets', namespace: 'team', name: 'ecr-pull', outcome: 'ok' };
    expect(callsIn(JSON.stringify(event))).toEqual([
      { ...asked, verb: 'patch' },
      { ...asked, verb: 'create' },
    ]);
  });

  test.each<[string, unknown]>([
    ['of another account', { ...event, user: { username: 'system:serviceaccount:team:ecr-operator' } }],
    ['of a test that has the token', { ...event, userAgent: 'curl' }],
    ['about no resource', { ...event, objectRef: undefined }],
  ])('%s is none', (_, other) => {
    expect(callsIn(JSON.stringify(other))).toEqual([]);
  });

  test('that was cut off is none', () => {
    expect(callsIn(JSON.stringify(event).slice(0, 80))).toEqual([]);
  });

  test.each([
    [200, 'ok'],
    [403, 'denied'],
    [409, 'failed'],
  ])('with the code %i is %s', (code, outcome) => {
    expect(callsIn(JSON.stringify({ ...event, responseStatus: { code } }))).toMatchObject([{ outcome }]);
  });
});

describe('what is noted of a call', () => {
  const call = {
    verb: 'get',
    resource: '/secrets',
    name: 'ecr-pull',
    namespace: 'team',
    outcome: 'ok',
  } as const;
  const { name: _, namespace: __, ...bare } = call;

  test('has no namespace but the operator’s own', () => {
    expect(noted(call)).toEqual({ ...bare, name: 'ecr-pull' });
    expect(noted({ ...call, namespace: OWN_NAMESPACE })).toEqual({ ...call, namespace: OWN_NAMESPACE });
  });

  test.each([
    ['/secrets', true],
    ['coordination.k8s.io/leases', true],
    ['/serviceaccounts', false],
    ['apps/deployments', false],
  ])('of %s has the name: %s', (resource, isNamed) => {
    expect('name' in noted({ ...call, resource })).toBe(isNamed);
  });
});
