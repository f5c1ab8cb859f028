import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { arrivedIn, servedIn, settledAs } from '../pull-secret/pull-lab.ts';
import { entriesOf, fillRegistry, visit } from '../pull-secret/pull-logins.ts';
import { clusterPullSecret, type PullObject } from '../pull-secret/pull-objects.ts';
import { conditionOf, type EcrLab, readyOf, startEcrLab } from '../repository/ecr-lab.ts';

const OTHER_ACCOUNT = '210987654321';
const NAMESPACE = 'accounts';
const OPERATOR = `arn:aws:iam::${ACCOUNT}:user/ecr-operator`;

/** Two accounts in two regions each, by the name of the Registry. */
const PLACES = [
  { name: 'mine-us', accountId: ACCOUNT, region: 'us-east-1' },
  { name: 'mine-eu', accountId: ACCOUNT, region: 'eu-central-1' },
  { name: 'other-us', accountId: OTHER_ACCOUNT, region: 'us-east-1' },
  { name: 'other-eu', accountId: OTHER_ACCOUNT, region: 'eu-central-1' },
] as const;
type Place = (typeof PLACES)[number];

jest.setTimeout(60_000);

let lab: EcrLab;

const roleOf = (accountId: string, name = 'ecr-operator') => `arn:aws:iam::${accountId}:role/${name}`;
const externalIdOf = (accountId: string) => `door-of-${accountId}`;
const credentialsOf = ({
  accountId,
}: Pick<Place, 'accountId'>): NonNullable<RegistrySpec['credentials']> => ({
  roleArn: roleOf(accountId),
  externalId: externalIdOf(accountId),
});

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
  for (const accountId of [ACCOUNT, OTHER_ACCOUNT]) {
    lab.aws.addRole({ arn: roleOf(accountId), trusts: [OPERATOR], externalId: externalIdOf(accountId) });
  }
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const registryAt = ({ name, accountId, region }: Place, more: Partial<RegistrySpec> = {}) =>
  lab.registry(name, { accountId, region, credentials: credentialsOf({ accountId }), ...more });
const repositoryIn = (place: Place, name = `${place.name}/web`) =>
  lab.repository(NAMESPACE, place.name, { registryRef: { name: place.name }, name });
const callsFor = (accountId: string) =>
  lab.aws.actions.all().filter((call) => call.accountId === accountId && call.action.startsWith('ecr:'));

describe('two accounts in two regions, by a role with an external id in each', () => {
  test('each Registry is who its account’s role makes it, by one session and one question for each region', async () => {
    lab.aws.actions.clear();
    const registries = await Promise.all(PLACES.map((place) => registryAt(place)));
    for (const [index, registry] of registries.entries()) {
      const { accountId, region } = PLACES[index] as Place;
      expect((await lab.settled(registry)).status).toMatchObject({
        accountId,
        identity: `arn:aws:sts::${accountId}:assumed-role/ecr-operator`,
        arn: `arn:aws:ecr:${region}:${accountId}`,
        registryUri: `${accountId}.dkr.ecr.${region}.amazonaws.com`,
      });
    }
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(4);
    // More Registries of the same account, region and role ask for nothing.
    const more = await Promise.all(
      ['a', 'b', 'c'].map((suffix) => registryAt({ ...PLACES[2], name: `more-${suffix}` as never })),
    );
    for (const registry of more) await lab.settled(registry);
    expect(lab.aws.actions.count('sts:AssumeRole')).toBe(4);
    expect(
      lab.aws.actions
        .all()
        .filter(
          ({ action, principalArn }) =>
            action === 'sts:GetCallerIdentity' && principalArn.includes('assumed-role'),
        ).length,
    ).toBe(4);
  });

  test('each repository lands in its account and region, and in no other', async () => {
    for (const place of PLACES) await lab.settled(await repositoryIn(place));
    for (const place of PLACES) {
      const found = PLACES.filter(({ name }) =>
        lab.aws.as(place.accountId, place.region).repository(`${name}/web`),
      );
      expect(found.map(({ name }) => name)).toEqual([place.name]);
    }
  });

  test('one pull Secret opens all four, each with the login of its own', async () => {
    for (const place of PLACES) fillRegistry(lab, place, 'base');
    const registries = PLACES.map(({ name }) => ({ name }));
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } };
    const spec = { registries, namespaceSelector };
    await servedIn(lab, await lab.admin.apply<PullObject>(clusterPullSecret('all', spec)), 1);
    const secret = await arrivedIn(lab, NAMESPACE);
    const hosts = PLACES.map(({ accountId, region }) => `${accountId}.dkr.ecr.${region}.amazonaws.com`);
    expect(Object.keys(entriesOf(secret)).sort()).toEqual([...hosts].sort());
    expect(new Set(Object.values(entriesOf(secret))).size).toBe(4);
    expect(await Promise.all(hosts.map((host) => visit(lab, secret, host).pull('base')))).toEqual([
      200, 200, 200, 200,
    ]);
  });
});

test('a wrong external id is a condition that names the role, and holds up none of the others', async () => {
  const credentials = { roleArn: roleOf(OTHER_ACCOUNT), externalId: 'another-door' };
  const registry = await lab.registry('wrong-door', {
    accountId: OTHER_ACCOUNT,
    region: 'us-east-1',
    credentials,
  });
  const refused = await lab.settled(registry, 'AccessDenied');
  expect(readyOf(refused).message).toContain(`sts:AssumeRole on ${roleOf(OTHER_ACCOUNT)}: AccessDenied`);
  await lab.event(registry, 'AccessDenied');
  const stuck = await lab.repository(NAMESPACE, 'stuck', {
    registryRef: { name: 'wrong-door' },
    name: 'stuck',
  });
  await lab.settled(stuck, 'AccessDenied');
  const beside = { registryRef: { name: 'other-us' }, name: 'beside' };
  await lab.settled(await lab.repository(NAMESPACE, 'beside', beside));
  expect(lab.aws.as(OTHER_ACCOUNT, 'us-east-1').repository('stuck')).toBeUndefined();
  await lab.registry('wrong-door', {
    accountId: OTHER_ACCOUNT,
    region: 'us-east-1',
    credentials: credentialsOf({ accountId: OTHER_ACCOUNT }),
  });
  await lab.settled(stuck);
});

test('a wrong accountId stops every write and every token, to either account, until it is put right', async () => {
  lab.aws.addRole({ arn: roleOf(OTHER_ACCOUNT, 'mistaken'), trusts: [OPERATOR] });
  const settings = { region: 'ap-south-1', credentials: { roleArn: roleOf(OTHER_ACCOUNT, 'mistaken') } };
  const wrong = '345678901234';
  lab.aws.actions.clear();
  const registry = await lab.settled(
    await lab.registry('mistaken', { ...settings, accountId: wrong }),
    'AccountMismatch',
  );
  expect(readyOf(registry).message).toContain(
    `the credentials belong to account ${OTHER_ACCOUNT} (arn:aws:sts::${OTHER_ACCOUNT}:assumed-role/mistaken`,
  );
  expect(conditionOf(registry, 'Stalled')?.reason).toBe('AccountMismatch');
  const object = await lab.repository(NAMESPACE, 'mistaken', {
    registryRef: { name: 'mistaken' },
    name: 'mistaken',
    deletionPolicy: 'DeleteWithImages',
  });
  await lab.settled(object, 'AccountMismatch');
  const pulling = clusterPullSecret('mistaken', {
    registries: [{ name: 'mistaken' }],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'mistaken' } },
  });
  await lab.namespace('mistaken');
  await settledAs(lab, await lab.admin.apply<PullObject>(pulling), 'AccountMismatch');
  await lab.admin.delete(object);
  await lab.advance(60_000);
  await lab.settled(object, 'AccountMismatch');
  const there = [...callsFor(wrong), ...callsFor(OTHER_ACCOUNT)].filter(
    ({ region }) => region === 'ap-south-1',
  );
  expect(there).toEqual([]);
});
