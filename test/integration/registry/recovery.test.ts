import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type PodIdentityAgent, startPodIdentityAgent } from '../../lab/aws/pod-identity-agent.ts';
import { ACCOUNT, OPERATOR_NAMESPACE } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { core, type EcrLab, type RepositoryObject, readyOf, startEcrLab } from '../repository/ecr-lab.ts';

const NAMESPACE = 'recovering';
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const user = (name: string) => `arn:aws:iam::${ACCOUNT}:user/${name}`;

jest.setTimeout(120_000);

let lab: EcrLab;
let agent: PodIdentityAgent | undefined;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await agent?.stop();
});

const repository = (name: string, registry: string, more: object = {}) =>
  lab.repository(NAMESPACE, name, { registryRef: { name: registry }, ...more });
const assumed = (name: string) =>
  lab.aws.actions
    .all()
    .filter(({ action, resource }) => action === 'sts:AssumeRole' && resource === role(name)).length;

test('a role that is deleted and made again is assumed again, without anybody’s help', async () => {
  const make = () => lab.aws.addRole({ arn: role('again'), trusts: [ACCOUNT] });
  make();
  await lab.settled(await lab.registry('again', { credentials: { roleArn: role('again') } }));
  await lab.settled(await repository('before', 'again'));
  // Old enough that their refusal is no news about new ones.
  await lab.advance(60_000);
  lab.aws.deletePrincipal(role('again'));
  const waiting = await repository('meanwhile', 'again');
  const refused = await lab.settled(waiting, 'AccessDenied');
  expect(readyOf(refused).message).toContain(`sts:AssumeRole on ${role('again')}: AccessDenied`);
  make();
  await lab.settledInTime(waiting);
  await lab.settled(await repository('before', 'again', { scanOnPush: true }));
  expect(lab.held('before').scanOnPush).toBe(true);
});

test('sessions that AWS keeps refusing are not renewed at full speed, by however many Repositories', async () => {
  lab.aws.addRole({ arn: role('refused'), trusts: [ACCOUNT] });
  await lab.settled(await lab.registry('refused', { credentials: { roleArn: role('refused') } }));
  const expired = {
    kind: 'error',
    name: 'ExpiredTokenException',
    message: 'The security token is expired',
  } as const;
  const fault = lab.aws.faults.add({ match: { action: 'ecr:*' }, fault: expired });
  const names = Array.from({ length: 10 }, (_, index) => `refused-${index}`);
  const objects = await Promise.all(names.map((name) => repository(name, 'refused')));
  for (const object of objects) await lab.settled(object, 'CredentialsRefused');
  const [before, start] = [assumed('refused'), lab.aws.clock.now().getTime()];
  for (let seconds = 0; seconds < 60; seconds += 5) await lab.advance(5_000);
  const renewed = assumed('refused') - before;
  // The machine's own time runs as well, and one may be under way at either end.
  const seconds = (lab.aws.clock.now().getTime() - start) / 1_000;
  expect([renewed, renewed <= seconds / 10 + 2]).toEqual([renewed, true]);
  fault.remove();
  for (const object of objects) await lab.settledInTime(object);
});

test('a changed Secret helps Repositories that wait for it, at once', async () => {
  const secret = core('Secret', 'aws-credentials', OPERATOR_NAMESPACE);
  const put = (name: string, policies: readonly string[]) => {
    const { accessKeyId, secretAccessKey } = lab.aws.addUser({ arn: user(name), policies });
    const stringData = { 'access-key-id': accessKeyId, 'secret-access-key': secretAccessKey };
    return lab.admin.apply({ ...secret, stringData } as never);
  };
  const allowing = (Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });
  await put('weak', [allowing('sts:*')]);
  const credentials = { secretRef: { name: 'aws-credentials' } };
  const driftCheck = { schedule: '0 0 1 1 *', timeZone: 'UTC' };
  await lab.settled(await lab.registry('secret', { credentials, driftCheck, region: 'eu-test-1' }));
  const waiting = await lab.settled(await repository('waiting', 'secret'), 'AccessDenied');
  const attempts = () =>
    lab.aws.actions
      .all()
      .filter(({ region, resource }) => region === 'eu-test-1' && resource.endsWith('/waiting')).length;
  // By now it waits for minutes after each attempt.
  for (let attempt = 0; attempt < 9; attempt += 1) {
    const before = attempts();
    await waitFor(
      async () => {
        await lab.advance(20_000);
        return attempts() > before;
      },
      { what: 'another attempt', intervalMs: 100, timeoutMs: 30_000 },
    );
  }
  await put('strong', [allowing('*')]);
  const ready = await lab.settled(waiting);
  expect(ready.status?.arn).toContain(':eu-test-1:');
});

test('keys that expire in the middle of a sweep are asked for anew, and all drift is mended', async () => {
  lab.aws.addRole({ arn: role('pod'), trusts: [] });
  const issue = () => lab.aws.issueSession(role('pod'), { seconds: 900 });
  // It says that they last for much longer than AWS will think.
  const endOf = () => new Date(lab.aws.clock.now().getTime() + 6 * 3_600_000);
  agent = await startPodIdentityAgent({ issue, endOf });
  const file = join(lab.controlPlane.folder, 'token');
  await writeFile(file, agent.token);
  await lab.operator.stop();
  const env = {
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
  };
  await lab.startOperator({ server: lab.proxy.url, env });
  const driftCheck = { schedule: '0 * * * *', timeZone: 'UTC' };
  await lab.settled(await lab.registry('swept', { driftCheck, region: 'eu-test-2' }));
  const ecr = lab.aws.as(ACCOUNT, 'eu-test-2');
  const names = Array.from({ length: 40 }, (_, index) => `swept-${index}`);
  const objects = await Promise.all(names.map((name) => repository(name, 'swept', { scanOnPush: true })));
  for (const object of objects) await lab.settled(object);
  const held = () => names.map((name) => ecr.repository(name));
  for (const one of held()) if (one) one.scanOnPush = false;

  const before = agent.issued;
  const isSweep = ({ action, region }: { action: string; region: string }) =>
    action === 'ecr:ListTagsForResource' && region === 'eu-test-2';
  const seen = () => lab.aws.actions.all().filter(isSweep).length;
  const start = seen();
  let expired = false;
  const off = lab.aws.actions.onAction((action) => {
    if (expired || !isSweep(action) || seen() < start + 15) return;
    expired = true;
    lab.aws.clock.advance(3_600_000);
  });
  await lab.advance(3_600_000);
  await waitFor(
    async () => {
      await lab.advance(10_000);
      return held().filter((one) => one?.scanOnPush === true).length;
    },
    {
      what: 'all drift to be mended',
      until: (mended) => mended === names.length,
      timeoutMs: 60_000,
      intervalMs: 200,
    },
  );
  off();
  expect([expired, agent.issued - before >= 1, agent.issued - before <= 10]).toEqual([true, true, true]);
  expect(await lab.operatorLog()).toContain('The security token included in the request is expired');
  for (const object of objects) {
    const now = await lab.settled<RepositoryObject>(object);
    expect(readyOf(now).status).toBe('True');
  }
});
