import { describe, expect, test } from '@jest/globals';
import { comparedRights, type Right, rightsOf } from '../../after/rights-comparison.ts';
import { shippedRights } from '../../after/shipped-roles.ts';
import { type AccountCall, callsIn } from '../../lab/account-record.ts';

const secrets = (name: string, more: Partial<Right> = {}): Right => ({
  verb: 'get',
  resource: '/secrets',
  name,
  isOwn: false,
  file: 'role.yaml',
  ...more,
});
const call = (name: string, more: Partial<AccountCall> = {}): AccountCall => ({
  verb: 'get',
  resource: '/secrets',
  name,
  isOwn: false,
  outcome: 'ok',
  ...more,
});
const compared = (rights: readonly Right[], calls: readonly AccountCall[]) =>
  comparedRights({ rights, calls, sameAs: { 'team-pull': 'ecr-pull' }, refused: ['refused'] });

describe('rights and calls', () => {
  test('that are the same differ in nothing', () => {
    const { missing, unused, table } = compared([secrets('ecr-pull')], [call('ecr-pull')]);
    expect({ missing, unused }).toEqual({ missing: [], unused: [] });
    expect(table).toEqual([expect.stringMatching(/^get \/secrets ecr-pull +used {2}role.yaml$/)]);
  });

  test.each<[string, AccountCall]>([
    ['another name', call('theirs')],
    ['no name', { verb: 'get', resource: '/secrets', isOwn: false, outcome: 'ok' }],
    ['another verb', call('ecr-pull', { verb: 'patch' })],
    ['another resource', call('ecr-pull', { resource: '/secrets/token' })],
    ['what was refused', call('theirs', { outcome: 'denied' })],
  ])('miss one for %s', (_, asked) => {
    expect(compared([secrets('ecr-pull')], [call('ecr-pull'), asked]).missing).toHaveLength(1);
  });

  test('miss none for another name that stands for a shipped one', () => {
    expect(compared([secrets('ecr-pull')], [call('team-pull')])).toMatchObject({ missing: [], unused: [] });
  });

  test('miss none that a test has refused, and one that was let through all the same', () => {
    const rights = [secrets('ecr-pull')];
    const refused = call('refused', { outcome: 'denied' });
    expect(compared(rights, [refused]).missing).toEqual([]);
    expect(compared(rights, [refused, call('refused')]).missing).toEqual(['get /secrets refused']);
  });

  test('of a Role hold in its own namespace only', () => {
    const own = secrets('keys', { isOwn: true });
    expect(compared([own], [call('keys', { isOwn: true })])).toMatchObject({ missing: [], unused: [] });
    expect(compared([own], [call('keys')]).missing).toEqual(['get /secrets keys']);
  });

  test('that nothing came of are unused', () => {
    const found = compared([secrets('ecr-pull')], [call('ecr-pull', { outcome: 'failed' })]);
    expect(found.unused).toEqual(['get /secrets ecr-pull']);
    expect(found.table[0]).toContain('NOT USED');
  });

  test('without a name are for every name', () => {
    const { name: _, ...any } = secrets('x');
    expect(compared([any], [call('theirs')])).toMatchObject({ missing: [], unused: [] });
  });
});

test('a rule is as many rights as it has groups, resources, names and verbs', () => {
  const rule = {
    apiGroups: ['', 'a'],
    resources: ['b', 'c/status'],
    resourceNames: ['d'],
    verbs: ['get', 'list'],
  };
  const words = rightsOf(rule, { isOwn: true, file: 'f' }).map(({ verb, resource }) => `${verb} ${resource}`);
  expect(words.sort()).toEqual(
    ['/b', '/c/status', 'a/b', 'a/c/status'].flatMap((what) => [`get ${what}`, `list ${what}`]).sort(),
  );
});

test('the shipped roles are found: those of the base and of the components', () => {
  const files = new Set(shippedRights().map(({ file }) => file));
  expect([...files]).toEqual(
    expect.arrayContaining([
      'base/cluster-role.yaml',
      'base/role.yaml',
      'components/repair-pods/cluster-role.yaml',
      'components/lifecycle-block/cluster-role.yaml',
    ]),
  );
});

describe('a line of an audit log', () => {
  const event = {
    user: { username: 'system:serviceaccount:ecr-operator:ecr-operator' },
    userAgent: 'ecr-operator',
    verb: 'patch',
    responseStatus: { code: 201 },
    objectRef: { resource: 'secrets', namespace: 'team', name: 'ecr-pull' },
  };

  test('is a call, and an apply that made something a second one', () => {
    const asked = { resource: '/secrets', name: 'ecr-pull', isOwn: false, outcome: 'ok' };
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

  test('keeps no name of what no rule names', () => {
    const objectRef = { apiGroup: 'apps', resource: 'deployments', name: 'web' };
    const [found] = callsIn(JSON.stringify({ ...event, verb: 'get', objectRef }));
    expect(found).toEqual({ verb: 'get', resource: 'apps/deployments', isOwn: false, outcome: 'ok' });
  });
});
