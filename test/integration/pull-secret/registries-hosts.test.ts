import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import { type ApiProxy, startApiProxy } from '../../lab/api-proxy.ts';
import { ACCOUNT, type Lab, OPERATOR_NAMESPACE, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { naming, secretWrites, tokensFail } from './many-registries.ts';
import { arrivedIn, type Scene, scenes, secretIn, secretsOf, servedIn, statusOf } from './pull-lab.ts';
import { entriesOf, fillRegistry, loginsIn, visit } from './pull-logins.ts';
import { bytesOf, core } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let proxy: ApiProxy;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  proxy = await startApiProxy(lab.controlPlane);
  await lab.startOperator({ server: proxy.url });
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await proxy?.stop();
});

/** Keys of another partition in the operator's namespace, which may read them as docs/spec/operator.md says. */
async function keysOf(
  partition: string,
  accountId: string,
): Promise<NonNullable<RegistrySpec['credentials']>> {
  const name = `${partition}-keys`;
  const key = lab.aws.addUser({ arn: `arn:${partition}:iam::${accountId}:user/ecr-operator` });
  const role = core('Role', 'ecr-operator-credentials', OPERATOR_NAMESPACE);
  await lab.admin.patch({ ...role, apiVersion: 'rbac.authorization.k8s.io/v1' }, [
    { op: 'add', path: '/rules/0/resourceNames/-', value: name },
  ]);
  const stringData = { 'access-key-id': key.accessKeyId, 'secret-access-key': key.secretAccessKey };
  await lab.admin.create({ ...core('Secret', name, OPERATOR_NAMESPACE), stringData } as never);
  return { secretRef: { name } };
}

/** Lets an account pull from a repository of another one. */
function letIn(registry: Pick<RegistrySpec, 'accountId' | 'region'>, repositoryName: string): void {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'ecr:BatchGetImage' }];
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement });
  lab.aws.as(registry.accountId, registry.region).call('SetRepositoryPolicy', { repositoryName, policyText });
}

test('F19: accounts, regions and partitions in one Secret, a login for each host, each of which opens', async () => {
  const [world, cn, gov, other] = ['world', 'world-cn', 'world-gov', 'world-other'].map(scene) as [
    Scene,
    Scene,
    Scene,
    Scene,
  ];
  const china = { accountId: '210987654321', region: 'cn-north-1' };
  const usGov = { accountId: '345678901234', region: 'us-gov-west-1' };
  const foreign = { accountId: '999999999999', region: other.region };
  for (const place of [world, china, usGov, foreign]) fillRegistry(lab, place, 'web');
  letIn(foreign, 'web');
  const endpoint = { ecr: lab.aws.endpoint, sts: lab.aws.endpoint, fips: true, dualStack: true };
  await world.registry({ endpoint });
  await cn.registry({ ...china, credentials: await keysOf('aws-cn', china.accountId) });
  await gov.registry({ ...usGov, credentials: await keysOf('aws-us-gov', usGov.accountId) });
  await other.registry({ ...foreign, access: 'PullOnly' });
  const namespaces = await world.namespaces(3);
  const object = await servedIn(lab, await world.clusterPullSecret(naming(world, cn, gov, other)), 3);

  const hosts = [
    `${ACCOUNT}.dkr.ecr.${world.region}.amazonaws.com`,
    `${ACCOUNT}.dkr.ecr-fips.${world.region}.amazonaws.com`,
    `${ACCOUNT}.dkr-ecr.${world.region}.on.aws`,
    `${ACCOUNT}.dkr-ecr-fips.${world.region}.on.aws`,
    '210987654321.dkr.ecr.cn-north-1.amazonaws.com.cn',
    '345678901234.dkr.ecr.us-gov-west-1.amazonaws.com',
    `999999999999.dkr.ecr.${other.region}.amazonaws.com`,
  ];
  const secrets = await secretsOf(lab, namespaces);
  expect(Object.keys(entriesOf(secrets[0])).sort()).toEqual([...hosts].sort());
  const pulls = await Promise.all(hosts.map((host) => visit(lab, secrets[0], host).pull('web')));
  expect(pulls).toEqual(hosts.map(() => 200));
  expect(new Set(secrets.map(bytesOf)).size).toBe(1);
  expect(object.status?.tokens?.map(({ registry, count }) => [registry, count])).toEqual(
    ['world', 'world-cn', 'world-gov', 'world-other'].map((name) => [name, 1]),
  );
});

test('names of a registry come into the Secret and go when the Registry has them in use or not', async () => {
  const names = scene('names');
  const beside = scene('names-beside');
  await names.registry();
  await beside.registry();
  const namespace = await names.namespace('a');
  const object = await servedIn(lab, await names.clusterPullSecret(naming(names, beside)), 1);
  const before = await arrivedIn(lab, namespace);
  const fipsHost = names.host.replace('.dkr.ecr.', '.dkr.ecr-fips.');
  const url = lab.aws.endpoint;
  proxy.forget();

  const hostsBecome = (...hosts: readonly string[]) =>
    waitFor(async () => secretIn(lab, namespace), {
      what: `the hosts to be ${hosts.join(', ')}`,
      until: (secret) => Object.keys(entriesOf(secret)).sort().join() === [...hosts].sort().join(),
    });
  await names.registry({ endpoint: { ecr: url, sts: url, fips: true } });
  const both = await hostsBecome(names.host, fipsHost, beside.host);
  expect(both.metadata.uid).toBe(before.metadata.uid);
  expect(entriesOf(both)[fipsHost]).toBe(entriesOf(both)[names.host]);
  expect(entriesOf(both)[beside.host]).toBe(entriesOf(before)[beside.host]);
  expect(loginsIn(both)[0]?.hosts).toEqual([names.host, fipsHost]);
  await servedIn(lab, object, 1);
  await names.registry({ endpoint: { ecr: url, sts: url } });
  await hostsBecome(names.host, beside.host);
  expect(beside.calls()).toBe(1);
  expect(secretWrites(proxy)).toBe(2);
});

test('F1: another Registry for the same hosts takes the place of the one before when its token is there', async () => {
  const [named, anew] = [scene('named'), scene('named-anew')];
  const namespace = await named.namespace('a');
  await named.registry();
  await anew.registry({ region: named.region });
  await servedIn(lab, await named.clusterPullSecret(naming(named)), 1);
  const before = await arrivedIn(lab, namespace);
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  const slow = tokensFail(lab, named, { kind: 'slow', until });
  const object = await named.clusterPullSecret(naming(anew));
  await waitFor(() => slow.hits() === 1, { what: 'the other token to be asked for' });
  await lab.advance(2_000);
  await statusOf(lab, object, ({ namespaces }) => namespaces?.ready === 0, 'wait for it');
  expect(entriesOf(await arrivedIn(lab, namespace))).toEqual(entriesOf(before));
  answer();
  slow.remove();
  await servedIn(lab, object, 1);
  const after = await arrivedIn(lab, namespace);
  expect(loginsIn(after)).toMatchObject([{ registry: anew.name, hosts: [named.host] }]);
  expect(entriesOf(after)).not.toEqual(entriesOf(before));
  expect(after.metadata.uid).toBe(before.metadata.uid);
});
