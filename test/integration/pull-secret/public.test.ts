import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Lab, startLab } from '../../lab/lab.ts';
import { naming, renewedIn, saying, tokensFail, toldOf } from './many-registries.ts';
import {
  arrivedIn,
  condition,
  HOUR,
  type Scene,
  scenes,
  secretIn,
  secretsOf,
  servedIn,
  settledAs,
  skip,
  withdrawnFrom,
} from './pull-lab.ts';
import { authsOf, entriesOf, fillRegistry, loginsIn, roleFor, visit } from './pull-logins.ts';
import { bytesOf, type SecretObject } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const HOST = 'public.ecr.aws';
const publicOf = ({ name }: Scene) => ({ public: { registryRef: { name } } });

/** The calls for tokens of ECR Public, as region and result, since the record was cleared. */
const publicCalls = () =>
  lab.aws.actions
    .all()
    .filter(({ action }) => action === 'ecr-public:GetAuthorizationToken')
    .map(({ region, result }) => `${region} ${result}`);

/** The status of a request at public.ecr.aws, which goes the way of container runtimes: first to the realm. */
async function visitPublic(secret: SecretObject): Promise<number> {
  const authorization = `Basic ${authsOf(secret)[HOST]?.auth}`;
  const access = await fetch(`${lab.aws.registryUrl}/token/?service=${HOST}&scope=aws`, {
    headers: { authorization },
  });
  const { token } = (await access.json()) as { readonly token?: string };
  if (access.status !== 200) return access.status;
  const answer = await fetch(`${lab.aws.registryUrl}/v2/?ns=${HOST}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await answer.arrayBuffer();
  return answer.status;
}

const fails = (action: string) => lab.aws.faults.add({ match: { action }, fault: { kind: 'access-denied' } });

describe('public.ecr.aws', () => {
  test('F4: stands beside a private registry, by one call in us-east-1, with a token of its own', async () => {
    const beside = scene('beside');
    const namespaces = await beside.namespaces(5);
    fillRegistry(lab, beside, 'web');
    await beside.registry();
    lab.aws.actions.clear();
    const object = await servedIn(lab, await beside.clusterPullSecret(publicOf(beside)), 5);
    const secrets = await secretsOf(lab, namespaces);
    const [secret] = secrets as [SecretObject];
    expect(new Set(secrets.map(bytesOf)).size).toBe(1);
    expect(Object.keys(entriesOf(secret)).sort()).toEqual([beside.host, HOST].sort());
    expect(publicCalls()).toEqual(['us-east-1 ok']);
    expect(beside.calls()).toBe(1);
    expect(await visitPublic(secret)).toBe(200);
    expect(await visit(lab, secret, beside.host).pull('web')).toBe(200);
    expect(object.status?.tokens?.map(({ registry, scope }) => [registry, scope])).toEqual([
      ['beside', 'Identity'],
      [HOST, 'Identity'],
    ]);
    const old = entriesOf(secret);
    await skip(lab, 6 * HOUR);
    for (const namespace of namespaces) await renewedIn(lab, namespace, old, HOST, beside.host);
    expect(publicCalls()).toEqual(['us-east-1 ok', 'us-east-1 ok']);

    // Out again, without a call.
    await servedIn(lab, await beside.clusterPullSecret(), 5);
    expect(Object.keys(entriesOf(await arrivedIn(lab, namespaces[0] as string)))).toEqual([beside.host]);
    expect(publicCalls()).toHaveLength(2);
  });

  test('alone: no private registry is asked, and a role narrows the token to ECR Public', async () => {
    const alone = scene('alone');
    const namespace = await alone.namespace('a');
    await alone.registry({ pullRoleArn: roleFor(lab, 'public-only') });
    lab.aws.actions.clear();
    const only = { registries: [], ...publicOf(alone) };
    const object = await servedIn(lab, await alone.clusterPullSecret(only), 1);
    const secret = await arrivedIn(lab, namespace);
    expect(loginsIn(secret)).toMatchObject([{ registry: HOST, scope: 'PullOnly', hosts: [HOST] }]);
    expect(object.status?.tokenScope).toBe('PullOnly');
    expect(await visitPublic(secret)).toBe(200);
    expect(alone.calls()).toBe(0);
    const sessions = lab.aws.actions.all().filter(({ action }) => action === 'sts:AssumeRole');
    expect(sessions.map(({ params }) => params['Policy'])).toEqual([
      expect.stringContaining('ecr-public:GetAuthorizationToken'),
    ]);
    expect(sessions[0]?.params['Policy']).not.toContain('"ecr:');
  });

  test.each(['ecr-public:GetAuthorizationToken', 'sts:GetServiceBearerToken'])(
    'refused %s: says so by its name, the private registry works, and it mends itself',
    async (action) => {
      const denied = scene(`denied-${action.slice(0, 3)}`);
      const namespace = await denied.namespace('a');
      await denied.registry();
      const fault = fails(action);
      const object = await denied.clusterPullSecret(publicOf(denied));
      const before = entriesOf(await arrivedIn(lab, namespace));
      expect(Object.keys(before)).toEqual([denied.host]);
      const words = `^${HOST}: ecr-public:GetAuthorizationToken .*${action}.*pulls from ${denied.name} work`;
      await saying(lab, object, 'TokenValid', new RegExp(words));
      await toldOf(lab, object, HOST, 'AccessDenied');
      fault.remove();
      await skip(lab, 100_000);
      const after = await renewedIn(lab, namespace, {}, HOST);
      expect(after).toEqual({ ...before, [HOST]: after[HOST] });
      await servedIn(lab, object, 1);
    },
  );

  test('F1: stays while the private registry fails, and the other way about', async () => {
    const each = scene('each');
    const namespace = await each.namespace('a');
    await each.registry();
    const object = await servedIn(lab, await each.clusterPullSecret(publicOf(each)), 1);
    for (const [fault, failed, fine] of [
      [() => tokensFail(lab, each), each.host, HOST],
      [() => fails('ecr-public:GetAuthorizationToken'), HOST, each.host],
    ] as const) {
      const old = entriesOf(await arrivedIn(lab, namespace));
      const active = fault();
      await skip(lab, 6 * HOUR);
      const now = await renewedIn(lab, namespace, old, fine);
      expect(now).toEqual({ ...old, [fine]: now[fine] });
      active.remove();
      await skip(lab, 100_000);
      await renewedIn(lab, namespace, old, failed);
      await servedIn(lab, object, 1);
    }
  });

  test('cannot be had from another partition: says where from, and the rest works', async () => {
    const china = scene('china');
    const beside = scene('china-beside');
    const namespace = await china.namespace('a');
    await china.registry({ region: 'cn-north-1' });
    await beside.registry();
    const from = { ...naming(beside), ...publicOf(china) };
    const object = await settledAs(lab, await china.clusterPullSecret(from), 'PublicNotAvailable');
    expect(condition(object.status, 'TokenValid')?.message).toMatch(
      /^public\.ecr\.aws: .*cn-north-1 is in aws-cn: refer to a Registry of the partition aws/,
    );
    expect(Object.keys(entriesOf(await arrivedIn(lab, namespace)))).toEqual([beside.host]);
    const mended = await china.clusterPullSecret({ ...naming(beside), ...publicOf(beside) });
    await servedIn(lab, mended, 1);
    expect(Object.keys(entriesOf(await secretIn(lab, namespace))).sort()).toEqual([beside.host, HOST].sort());
  });

  test('takes the word Pull, as every pull does', async () => {
    const words = scene('words');
    const namespace = await words.namespace('a');
    await words.registry();
    const object = await servedIn(
      lab,
      await words.clusterPullSecret({ registries: [], ...publicOf(words) }),
      1,
    );
    await words.registry({ tenancy: { rules: [{ allow: ['Create'] }] } });
    await withdrawnFrom(lab, namespace);
    expect((await settledAs(lab, object, 'TenancyDenied', 'Delivered')).status?.failures).toMatchObject([
      { namespace, message: expect.stringContaining('lacks the word Pull') },
    ]);
  });
});
