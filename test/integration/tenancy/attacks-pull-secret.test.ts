import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import type { KubeObject } from '../../lab/kube-client.ts';
import { ACCOUNT, REGION } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { accountIn, arrivedIn, condition, secretIn, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { entriesOf, fillRegistry, roleFor, visit } from '../pull-secret/pull-logins.ts';
import { type PullObject, pullSecret } from '../pull-secret/pull-objects.ts';
import { core } from '../repository/ecr-lab.ts';
import { ATTACKER, goneFrom, RULES, startTenantLab, TARGET, type TenantLab, VICTIM } from './tenant-lab.ts';

jest.setTimeout(60_000);

const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const OWN = 'team-b/web';
const FULL = ['team-b', OWN, 'team-b.x', 'team-bb/web', 'team-b-x/web', 'common/x', 'team-a', 'other'];

let lab: TenantLab;

beforeAll(async () => {
  lab = await startTenantLab();
  fillRegistry(lab, { region: REGION }, ...FULL);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

let count = 0;
type Settings = Parameters<typeof pullSecret>[2];
async function attack(settings: Settings): Promise<PullObject> {
  count += 1;
  return lab.attacker.apply<PullObject>(pullSecret(ATTACKER, `attack-${count}`, settings));
}

/** Takes the object away, and the Secret with it. */
async function end(object: KubeObject): Promise<void> {
  await lab.attacker.delete(object);
  await goneFrom(lab.attacker, object);
}

/** Which of these a token in the attacker's Secret opens; the others are refused at the front. */
async function opens(names: readonly string[]): Promise<string[]> {
  const at = visit(lab, await arrivedIn(lab, ATTACKER), HOST);
  const answers = await Promise.all(names.map((name) => at.pull(name)));
  expect(answers.filter((status) => status !== 200 && status !== 403)).toEqual([]);
  return names.filter((_, index) => answers[index] === 200);
}

describe('a PullSecret', () => {
  test('that names nothing gets what its rules have, and cannot push even there', async () => {
    const object = await servedIn(lab, await attack({}), 1);
    expect(object.status?.tokenScope).toBe('Scoped');
    expect(await opens([TARGET, ...FULL])).toEqual(['team-b', OWN, 'common/x']);
    const at = visit(lab, await arrivedIn(lab, ATTACKER), HOST);
    expect(await Promise.all([TARGET, OWN].map((name) => at.push(name)))).toEqual([403, 403]);
    await end(object);
  });

  test.each([
    [TARGET],
    ['team-a/*'],
    ['team-a'],
    ['team-ab/web'],
    ['team-bb/*'],
    ['team-b.x'],
    ['team-b/*', TARGET],
    ['other', 'team-b/web'],
  ])('that names %s among others is refused whole, and gets no token', async (...repositories) => {
    const calls = lab.aws.actions.count('ecr:GetAuthorizationToken');
    const object = await settledAs(
      lab,
      await attack({ registries: [{ name: 'default', repositories }] }),
      'TenancyDenied',
    );
    const outside = repositories.filter((name) => !/^team-b\//.test(name));
    expect(condition(object.status, 'Ready')?.message).toContain(
      `namespace ${ATTACKER} lacks the word Pull for ${outside.join(', ')}: ask whoever owns Registry default`,
    );
    expect(await secretIn(lab, ATTACKER)).toBeUndefined();
    expect(lab.aws.actions.count('ecr:GetAuthorizationToken')).toBe(calls);
    await end(object);
  });

  test('for a Registry, or ECR Public by one, that is closed to the namespace gets nothing', async () => {
    const tenancy = { rules: [{ namespaceSelector: { matchLabels: { team: 'a' } }, allow: ['Pull'] }] };
    await lab.registry('closed', { tenancy, region: 'eu-west-1' } as never);
    for (const settings of [
      { registries: [{ name: 'closed' }] },
      { registries: [{ name: 'closed', repositories: ['team-b/*'] }] },
      { registries: [], public: { registryRef: { name: 'closed' } } },
    ]) {
      const object = await settledAs(lab, await attack(settings), 'TenancyDenied');
      expect(condition(object.status, 'Ready')?.message).toContain('spec.tenancy.rules of Registry closed');
      expect(await secretIn(lab, ATTACKER)).toBeUndefined();
      await end(object);
    }
  });

  test('cannot take a name for its Secret that the installation does not have', async () => {
    const object = await settledAs(
      lab,
      await attack({ secretName: 'aws-credentials' }),
      'SecretNameNotConfigured',
    );
    expect(await secretIn(lab, ATTACKER, 'aws-credentials')).toBeUndefined();
    await end(object);
  });

  test('that names ServiceAccounts of another team reaches those of its own namespace', async () => {
    await lab.admin.create(core('ServiceAccount', 'deployer', VICTIM));
    const object = await attack({ serviceAccounts: { mode: 'Named', names: ['deployer', 'default'] } });
    await accountIn(lab, ATTACKER);
    await servedIn(lab, object, 1);
    const theirs = await lab.admin.list<KubeObject & { readonly imagePullSecrets?: object }>({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      namespace: VICTIM,
    });
    expect(theirs.map(({ imagePullSecrets }) => imagePullSecrets)).toEqual(theirs.map(() => undefined));
    await end(object);
  });
});

test('a Secret that says it has the token of every repository is put right with the narrow one', async () => {
  const object = await servedIn(lab, await attack({}), 1);
  const secret = await arrivedIn(lab, ATTACKER);
  const before = entriesOf(secret);
  const tokens = secret.metadata.annotations?.['ecr-operator.io/tokens'] ?? '';
  const annotations = {
    'ecr-operator.io/tokens': tokens.replace(/default\|[^"]*/, 'default|').replace('Scoped', 'Identity'),
    'ecr-operator.io/holder': 'ClusterPullSecret/everywhere',
  };
  await lab.attacker.patch(core('Secret', 'ecr-pull', ATTACKER), { metadata: { annotations } });
  await waitFor(() => arrivedIn(lab, ATTACKER), {
    what: 'the Secret to be put right',
    until: (now) => now.metadata.annotations?.['ecr-operator.io/tokens'] === tokens,
  });
  expect(entriesOf(await arrivedIn(lab, ATTACKER))).toEqual(before);
  expect(await opens([TARGET, OWN])).toEqual([OWN]);
  await end(object);
});

test('a repository policy that lets the pull role in does not widen the token', async () => {
  const object = await servedIn(lab, await attack({}), 1);
  const session = `${lab.pullRole.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/ecr-operator`;
  const policyText = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: [lab.pullRole, session] }, Action: 'ecr:*' }],
  });
  lab.ecr.addRepository('team-a/shared', { policyText });
  lab.ecr.addImage('team-a/shared', { digest: digestOf('x'), tags: new Set(['v1']), manifest: 'x' });
  expect(await opens(['team-a/shared', OWN])).toEqual([OWN]);
  await end(object);
});

describe('rules that are narrowed', () => {
  const rules = (prefixes: readonly string[] | undefined) => [
    RULES[0] ?? { allow: [] },
    {
      namespaceSelector: { matchLabels: { team: 'b' } },
      allow: ['Pull' as const],
      ...(prefixes ? { repositoryPrefixes: prefixes } : {}),
    },
  ];

  test('narrow the token in the Secret at once', async () => {
    await lab.registry('default', { pullRoleArn: lab.pullRole, tenancy: { rules: rules(undefined) } });
    const object = await servedIn(lab, await attack({}), 1);
    expect(await opens([TARGET, OWN, 'other'])).toEqual([TARGET, OWN, 'other']);
    const before = entriesOf(await arrivedIn(lab, ATTACKER));
    await lab.registry('default', { pullRoleArn: lab.pullRole, tenancy: { rules: rules(['team-b']) } });
    await waitFor(() => arrivedIn(lab, ATTACKER), {
      what: 'the narrow token',
      until: (now) => entriesOf(now)[HOST] !== before[HOST],
    });
    expect(await opens([TARGET, OWN, 'other'])).toEqual([OWN]);
    await end(object);
  });

  test('take the wide login away where there is no role that would narrow it', async () => {
    const namespaceRules = (prefixes?: readonly string[]) => ({
      region: 'eu-west-2',
      tenancy: { rules: rules(prefixes) },
    });
    const host = `${ACCOUNT}.dkr.ecr.eu-west-2.amazonaws.com`;
    fillRegistry(lab, { region: 'eu-west-2' }, TARGET, OWN);
    await lab.registry('roleless', namespaceRules());
    const object = await servedIn(lab, await attack({ registries: [{ name: 'roleless' }] }), 1);
    expect(await visit(lab, await arrivedIn(lab, ATTACKER), host).pull(TARGET)).toBe(200);
    await lab.registry('roleless', namespaceRules(['team-b']));
    await settledAs(lab, object, 'ScopeNeedsRole');
    await waitFor(async () => Object.keys(entriesOf(await secretIn(lab, ATTACKER))), {
      what: 'the wide login to go',
      until: (hosts) => !hosts.includes(host),
    });
    await lab.registry('roleless', { ...namespaceRules(['team-b']), pullRoleArn: roleFor(lab, 'late') });
    await servedIn(lab, object, 1);
    const at = visit(lab, await arrivedIn(lab, ATTACKER), host);
    expect([await at.pull(TARGET), await at.pull(OWN)]).toEqual([403, 200]);
    await end(object);
  });

  // The last, since it starts the operator anew.
  test('while no operator runs narrow the token when it does', async () => {
    const spec = (prefixes?: readonly string[]) => ({
      pullRoleArn: lab.pullRole,
      tenancy: { rules: rules(prefixes) },
    });
    await lab.registry('default', spec());
    const object = await servedIn(lab, await attack({}), 1);
    expect(await opens([TARGET, OWN])).toEqual([TARGET, OWN]);
    const before = entriesOf(await arrivedIn(lab, ATTACKER));
    await lab.operator.stop();
    await lab.registry('default', spec(['team-b']));
    await lab.startOperator({ server: lab.proxy.url });
    await waitFor(() => arrivedIn(lab, ATTACKER), {
      what: 'the narrow token',
      until: (now) => entriesOf(now)[HOST] !== before[HOST],
    });
    expect(await opens([TARGET, OWN])).toEqual([OWN]);
    await end(object);
  });
});
