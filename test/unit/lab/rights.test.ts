import { describe, expect, test } from '@jest/globals';
import { shippedRights } from '../../after/shipped-roles.ts';
import type { AccountCall } from '../../lab/account-record.ts';
import { comparedRights, type Right, rightsIn, rightsOf } from '../../lab/rights.ts';

const secrets = (name: string, more: Partial<Right> = {}): Right => ({
  verb: 'get',
  resource: '/secrets',
  name,
  file: 'role.yaml',
  ...more,
});
const call = (name: string, more: Partial<AccountCall> = {}): AccountCall => ({
  verb: 'get',
  resource: '/secrets',
  name,
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
    ['no name', { verb: 'get', resource: '/secrets', outcome: 'ok' }],
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
    const own = secrets('keys', { namespace: 'a' });
    expect(compared([own], [call('keys', { namespace: 'a' })])).toMatchObject({ missing: [], unused: [] });
    expect(compared([own], [call('keys', { namespace: 'b' })]).missing).toEqual(['get /secrets keys in b']);
    expect(compared([own], [call('keys')])).toMatchObject({
      missing: ['get /secrets keys'],
      unused: ['get /secrets keys in a'],
    });
  });

  test('that were of no help are told', () => {
    const asked = [call('ecr-pull'), call('ecr-pull', { outcome: 'denied' })];
    expect(compared([secrets('ecr-pull')], asked)).toMatchObject({
      missing: [],
      denied: ['get /secrets ecr-pull'],
    });
    expect(compared([secrets('ecr-pull')], [call('ecr-pull')]).denied).toEqual([]);
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

  test('of a ClusterRole hold in every namespace', () => {
    const asked = call('ecr-pull', { namespace: 'a' });
    expect(compared([secrets('ecr-pull')], [asked])).toMatchObject({ missing: [], unused: [] });
  });
});

test('a rule is as many rights as it has groups, resources, names and verbs', () => {
  const rule = {
    apiGroups: ['', 'a'],
    resources: ['b', 'c/status'],
    resourceNames: ['d'],
    verbs: ['get', 'list'],
  };
  const words = rightsOf(rule, { file: 'f' }).map(({ verb, resource }) => `${verb} ${resource}`);
  expect(words.sort()).toEqual(
    ['/b', '/c/status', 'a/b', 'a/c/status'].flatMap((what) => [`get ${what}`, `list ${what}`]).sort(),
  );
});

describe('manifests', () => {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
  const FOR_PEOPLE = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' };
  const namespacesOf = (object: object) =>
    rightsIn(JSON.stringify(object), { file: 'f', namespace: 'told' }).map(({ namespace }) => namespace);

  test.each<[string, object, readonly (string | undefined)[]]>([
    ['a ClusterRole has rights everywhere', { kind: 'ClusterRole', rules }, [undefined]],
    ['a Role has them where it is told', { kind: 'Role', rules }, ['told']],
    ['but where it names a namespace', { kind: 'Role', metadata: { namespace: 'named' }, rules }, ['named']],
    ['a role without rules has none', { kind: 'Role' }, []],
    ['nor has what is no role', { kind: 'Binding', rules }, []],
    ['nor has one for people', { kind: 'ClusterRole', metadata: { labels: FOR_PEOPLE }, rules }, []],
  ])('%s', (_, object, found) => {
    // To toEqual a list of nothing but undefined is an empty one.
    expect(namespacesOf(object)).toStrictEqual(found);
  });

  test('that hold a document with nothing in it are read to the end', () => {
    const text = `---\n# nothing\n---\n${JSON.stringify({ kind: 'ClusterRole', rules })}\n`;
    expect(rightsIn(text, { file: 'f' })).toHaveLength(1);
  });
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
