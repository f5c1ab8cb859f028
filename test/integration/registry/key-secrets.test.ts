import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ACCOUNT, OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core, type EcrLab, type RegistryObject, startEcrLab } from '../repository/ecr-lab.ts';

const ROLE = {
  ...core('Role', 'ecr-operator-credentials', OPERATOR_NAMESPACE),
  apiVersion: 'rbac.authorization.k8s.io/v1',
};
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

jest.setTimeout(60_000);

let lab: EcrLab;
let stop: () => Promise<boolean>;

beforeAll(async () => {
  lab = await startEcrLab();
  stop = () => lab.operator.stop();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const put = (name: string, who: string) => {
  const { accessKeyId, secretAccessKey } = lab.aws.addUser({ arn: user(who) });
  const stringData = { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey };
  return lab.admin.apply({ ...core('Secret', name, OPERATOR_NAMESPACE), stringData } as never);
};
const knownAs = (registry: RegistryObject, who: string, stepMs = 0) =>
  waitFor(
    async () => {
      if (stepMs > 0) await lab.advance(stepMs);
      return lab.admin.get<RegistryObject>(registry);
    },
    { what: `the identity ${who}`, until: (now) => now?.status?.identity === user(who), intervalMs: 200 },
  );
const withKeys = (name: string, secret = 'aws-credentials', region = 'us-east-1') =>
  lab.registry(name, { credentials: { secretRef: { name: secret } }, region });
/** Watches of Secrets in the operator's own namespace. */
const KEY_WATCH = { watch: true, path: `/api/v1/namespaces/${OPERATOR_NAMESPACE}/secrets` } as const;
const openKeyWatches = () => lab.proxy.openWatches(KEY_WATCH);

test('a Secret is watched by its name while some Registry uses it, once for all of them, and a change works at once', async () => {
  await put('aws-credentials', 'one');
  expect(openKeyWatches()).toBe(0);
  const [first, second] = [await withKeys('first'), await withKeys('second', 'aws-credentials', 'eu-west-1')];
  for (const registry of [first, second]) await lab.settled(registry);
  await waitFor(() => openKeyWatches() === 1, { what: 'the watch' });
  const watches = lab.proxy.requests(KEY_WATCH);
  expect(new Set(watches.map(({ query }) => query.get('fieldSelector')))).toEqual(
    new Set(['metadata.name=aws-credentials']),
  );
  const calls = lab.aws.actions.count('sts:GetCallerIdentity');
  await put('aws-credentials', 'two');
  for (const registry of [first, second]) await knownAs(registry, 'two');
  // One question for each region.
  expect(lab.aws.actions.count('sts:GetCallerIdentity') - calls).toBe(2);
  await lab.admin.delete(first);
  await lab.gone(first);
  expect(openKeyWatches()).toBe(1);
  await lab.admin.delete(second);
  await lab.gone(second);
  await waitFor(() => openKeyWatches() === 0, { what: 'the end of the watch' });
});

test('a Secret that is made after its Registry helps at once', async () => {
  await lab.admin.delete(core('Secret', 'aws-credentials', OPERATOR_NAMESPACE));
  const registry = await lab.settled(await withKeys('early'), 'CredentialsSecretNotReadable');
  await waitFor(() => openKeyWatches() === 1, { what: 'the watch' });
  for (let minutes = 0; minutes < 10; minutes += 1) await lab.advance(60_000);
  await put('aws-credentials', 'late');
  await knownAs(registry, 'late');
});

test('with a Role of before, a changed Secret works within a minute, and the log says once what is missing', async () => {
  expect(await stop()).toBe(true);
  await lab.admin.patch(ROLE, [{ op: 'replace', path: '/rules/0/verbs', value: ['get'] }]);
  await put('aws-credentials', 'before');
  const operator = await lab.startOperator({ server: lab.proxy.url });
  const registry = await withKeys('narrow');
  await knownAs(registry, 'before');
  await put('aws-credentials', 'after');
  await lab.advance(61_000);
  await knownAs(await withKeys('narrow-too'), 'after');
  await lab.advance(3_700_000);
  await knownAs(registry, 'after', 20_000);
  const lines = (await operator.log()).split('\n');
  const told = lines.filter((line) => line.includes('the secret of a registry cannot be watched'));
  expect([told.length, told[0]]).toEqual([1, expect.stringContaining('lacks list and watch')]);
  expect(openKeyWatches()).toBe(0);
});
