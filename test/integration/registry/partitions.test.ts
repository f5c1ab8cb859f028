import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { ACCOUNT, OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { arrivedIn, servedIn } from '../pull-secret/pull-lab.ts';
import { entriesOf, fillRegistry, visit } from '../pull-secret/pull-logins.ts';
import { clusterPullSecret, type PullObject } from '../pull-secret/pull-objects.ts';
import { core, readyOf } from '../repository/ecr-lab.ts';
import { type ProxiedLab, startProxiedLab } from './proxied-lab.ts';

const NAMESPACE = 'partitions';

/** An account in each of the other partitions, and what is called how there. */
const PLACES = [
  {
    name: 'china',
    partition: 'aws-cn',
    accountId: '210987654321',
    region: 'cn-north-1',
    suffix: 'amazonaws.com.cn',
  },
  {
    name: 'gov',
    partition: 'aws-us-gov',
    accountId: '345678901234',
    region: 'us-gov-west-1',
    suffix: 'amazonaws.com',
  },
] as const;
type Place = (typeof PLACES)[number];

jest.setTimeout(60_000);

let lab: ProxiedLab;

beforeAll(async () => {
  lab = await startProxiedLab();
  await lab.namespace(NAMESPACE);
  await lab.restart({ ...lab.proxied, NODE_EXTRA_CA_CERTS: lab.authorityFile });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const iam = ({ partition, accountId }: Place, what: string) => `arn:${partition}:iam::${accountId}:${what}`;

/** Keys of a user of that partition, in a Secret that the operator may read. */
async function keysAt(place: Place): Promise<NonNullable<RegistrySpec['credentials']>> {
  const name = `keys-${place.name}`;
  const role = core('Role', 'ecr-operator-credentials', OPERATOR_NAMESPACE);
  await lab.admin.patch({ ...role, apiVersion: 'rbac.authorization.k8s.io/v1' }, [
    { op: 'add', path: '/rules/0/resourceNames/-', value: name },
  ]);
  const { accessKeyId, secretAccessKey } = lab.aws.addUser({ arn: iam(place, 'user/operator') });
  const stringData = { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey };
  await lab.admin.create({ ...core('Secret', name, OPERATOR_NAMESPACE), stringData } as never);
  return { secretRef: { name } };
}

describe.each(PLACES)('in $partition', (place) => {
  const { name, partition, accountId, region, suffix } = place;
  const host = `${accountId}.dkr.ecr.${region}.${suffix}`;

  test('a role is assumed at the partition’s own STS, and all ARNs and host names are its own', async () => {
    lab.aws.addRole({
      arn: iam(place, 'role/ecr'),
      trusts: [iam(place, 'user/operator')],
      externalId: 'door',
    });
    const credentials = { ...(await keysAt(place)), roleArn: iam(place, 'role/ecr'), externalId: 'door' };
    const registry = await lab.settled(await lab.registry(name, { accountId, region, credentials }));
    expect(registry.status).toMatchObject({
      accountId,
      identity: `arn:${partition}:sts::${accountId}:assumed-role/ecr`,
      arn: `arn:${partition}:ecr:${region}:${accountId}`,
      registryUri: host,
    });
    const repository = await lab.settled(
      await lab.repository(NAMESPACE, name, {
        registryRef: { name },
        name: 'team/web',
        tags: { team: 'web' },
      }),
    );
    expect(repository.status).toMatchObject({
      arn: `arn:${partition}:ecr:${region}:${accountId}:repository/team/web`,
      uri: `${host}/team/web`,
    });
    const called = new Set(lab.connectProxy.tunnels.filter((tunnel) => tunnel.includes(region)));
    expect(called).toEqual(new Set([`sts.${region}.${suffix}:443`, `api.ecr.${region}.${suffix}:443`]));
  });

  test('a narrowed token opens the partition’s registry, by a session policy with the partition’s ARNs', async () => {
    fillRegistry(lab, { accountId, region }, 'team/app', 'else/app');
    const object = clusterPullSecret(name, {
      registries: [{ name, repositories: ['team/*'] }],
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': `${NAMESPACE}-${name}` } },
    });
    await lab.namespace(`${NAMESPACE}-${name}`);
    const served = await servedIn(lab, await lab.admin.apply<PullObject>(object), 1);
    expect(served.status?.tokenScope).toBe('Scoped');
    const secret = await arrivedIn(lab, `${NAMESPACE}-${name}`);
    expect(Object.keys(entriesOf(secret))).toEqual([host]);
    const at = visit(lab, secret, host);
    expect([await at.pull('team/app'), await at.pull('else/app')]).toEqual([200, 403]);
  });
});

test('a region that the account has not switched on: STS says so, the Registry says it, and heals when it is on', async () => {
  const disabled = {
    kind: 'error',
    name: 'RegionDisabledException',
    message: `STS is not activated in this region for account:${ACCOUNT}. Your account administrator can activate STS in this region using the IAM Console.`,
    status: 403,
  } as const;
  lab.aws.addRole({ arn: `arn:aws:iam::${ACCOUNT}:role/opted`, trusts: [ACCOUNT] });
  const fault = lab.aws.faults.add({
    match: { action: 'sts:AssumeRole', region: 'me-south-1' },
    fault: disabled,
  });
  const credentials = { roleArn: `arn:aws:iam::${ACCOUNT}:role/opted` };
  const registry = await lab.registry('opted', { region: 'me-south-1', credentials });
  const refused = await lab.settled(registry, 'RegionDisabled');
  expect(readyOf(refused).message).toContain(`STS is not activated in this region for account:${ACCOUNT}`);
  expect(lab.connectProxy.tunnels).toContain('sts.me-south-1.amazonaws.com:443');
  fault.remove();
  await lab.settledInTime(refused);
});
