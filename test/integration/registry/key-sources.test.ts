import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startInstanceMetadata } from '../../lab/aws/instance-metadata.ts';
import { startPodIdentityAgent } from '../../lab/aws/pod-identity-agent.ts';
import { type ConnectProxy, startConnectProxy } from '../../lab/connect-proxy.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { type EcrLab, type RegistryObject, startEcrLab } from '../repository/ecr-lab.ts';

const NAMESPACE = 'sources';
const HOUR = 3_600_000;
const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
/** What the lab gives to every operator otherwise. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };

jest.setTimeout(90_000);

let lab: EcrLab;
let operator: OperatorProcess;
let proxy: ConnectProxy;
let made = 0;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  lab = await startEcrLab();
  operator = lab.operator;
  proxy = await startConnectProxy();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
  await Promise.all(stops.map((stop) => stop()));
  await proxy?.stop();
});

/** An operator whose calls of AWS go through a proxy; what is near the machine must not. */
async function restart(env: Readonly<Record<string, string>>): Promise<void> {
  await operator.stop();
  operator = await lab.startOperator({ server: lab.proxy.url, env: { HTTP_PROXY: proxy.url, ...env } });
}

/** Registry `default`, once AWS knows us by this ARN. */
async function knownAs(identity: string): Promise<RegistryObject> {
  const registry = await lab.registry('default');
  return waitFor(() => lab.admin.get<RegistryObject>(registry), {
    what: `the identity ${identity}`,
    until: (now) => now?.status?.identity === identity,
  }) as Promise<RegistryObject>;
}

/** Makes a repository, and tells who made it at AWS. */
async function maker(): Promise<string | undefined> {
  made += 1;
  const name = `made-${made}`;
  await lab.settled(await lab.repository(NAMESPACE, name));
  return lab.aws.actions
    .all()
    .find(({ action, params }) => action === 'ecr:CreateRepository' && params['repositoryName'] === name)
    ?.principalArn;
}

/** Past the end of every session that there is, in steps in which retries have their turn. */
async function anHourLater(): Promise<void> {
  await lab.advance(HOUR - 240_000);
  await lab.advance(300_000);
}

/** Once for each hour, and not for each call; the SDK asks again, three times, where an answer takes over a second. */
function expectRenewed(first: number, issued: number): void {
  expect(first).toBeLessThanOrEqual(4);
  expect(issued - first).toBeGreaterThanOrEqual(1);
  expect(issued - first).toBeLessThanOrEqual(4);
}

const sessionOf = (name: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${name}`;
const passed = (url: string) =>
  proxy.requests.filter((request) => request.startsWith(new URL(url).origin)).length;

test('EKS Pod Identity: keys of the agent, which are renewed, with the token that the file holds at that time', async () => {
  lab.aws.addRole({ arn: role('pod'), trusts: [] });
  const issue = () => lab.aws.issueSession(role('pod'), { sessionName: 'eks-pod' });
  const agent = await startPodIdentityAgent({ issue });
  stops.push(agent.stop);
  const file = join(lab.controlPlane.folder, 'pod-identity-token');
  await writeFile(file, agent.token);
  await restart({
    ...NO_KEYS,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
  });
  await knownAs(sessionOf('pod'));
  expect(await maker()).toBe(`${sessionOf('pod')}/eks-pod`);
  const first = agent.issued;

  agent.token = 'pod-token-2';
  await writeFile(file, agent.token);
  await anHourLater();
  expect(await maker()).toBe(`${sessionOf('pod')}/eks-pod`);
  expectRenewed(first, agent.issued);
  expect(agent.refused).toBe(0);
  expect([passed(agent.url), passed(lab.aws.endpoint) > 0]).toEqual([0, true]);
});

test('IRSA, and OIDC outside AWS: a session for the web identity that the file holds at that time', async () => {
  const file = join(lab.controlPlane.folder, 'oidc-token');
  const identity = async (webIdentityToken: string) => {
    lab.aws.addRole({ arn: role('oidc'), webIdentityToken });
    await writeFile(file, webIdentityToken);
  };
  await identity('web-identity-of-the-first-hour');
  await restart({
    ...NO_KEYS,
    AWS_ROLE_ARN: role('oidc'),
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_SESSION_NAME: 'oidc-session',
  });
  await knownAs(sessionOf('oidc'));
  expect(await maker()).toBe(`${sessionOf('oidc')}/oidc-session`);
  await identity('web-identity-of-the-next-hour');
  await anHourLater();
  expect(await maker()).toBe(`${sessionOf('oidc')}/oidc-session`);
});

test('the role of an EC2 instance: keys of the metadata service, version 2, which are renewed', async () => {
  lab.aws.addRole({ arn: role('node'), trusts: [] });
  const issue = () => lab.aws.issueSession(role('node'), { sessionName: 'i-0a1b2c' });
  const metadata = await startInstanceMetadata({ role: 'node', issue });
  stops.push(metadata.stop);
  await restart({
    ...NO_KEYS,
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: metadata.url,
  });
  await knownAs(sessionOf('node'));
  expect(await maker()).toBe(`${sessionOf('node')}/i-0a1b2c`);
  const first = metadata.issued;
  await anHourLater();
  expect(await maker()).toBe(`${sessionOf('node')}/i-0a1b2c`);
  expectRenewed(first, metadata.issued);
  expect(passed(metadata.url)).toBe(0);
});

test('the environment: keys, and temporary ones too', async () => {
  lab.aws.addRole({ arn: role('environment'), trusts: [] });
  const keys = lab.aws.issueSession(role('environment'), { sessionName: 'shell' });
  await restart({
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
  });
  await knownAs(sessionOf('environment'));
  expect(await maker()).toBe(`${sessionOf('environment')}/shell`);
});

test('none of them: a condition that says that nothing was found, which is over as soon as there is something', async () => {
  lab.aws.addRole({ arn: role('late'), trusts: [] });
  const agent = await startPodIdentityAgent({ issue: () => lab.aws.issueSession(role('late')) });
  stops.push(agent.stop);
  const file = join(lab.controlPlane.folder, 'late-token');
  await writeFile(file, 'not-yet');
  await restart({
    ...NO_KEYS,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: agent.url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file,
  });
  const refused = await lab.settled(await lab.registry('default'), 'CredentialsUnavailable');
  await writeFile(file, agent.token);
  const ready = await lab.settledInTime(refused);
  expect(ready.status?.identity).toBe(sessionOf('late'));
});
