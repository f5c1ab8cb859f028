import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
} from '@aws-sdk/client-ecr';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type OperatorAction, readOperatorRecord, resourceForm } from '../../lab/aws/operator-record.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';
import { ACCOUNT, failureOf, REGION, type Simulated, simulate } from './simulated-clients.ts';

let temporary: TemporaryFolder;

beforeAll(async () => {
  temporary = await temporaryFolder('operator-record');
});

afterAll(async () => {
  await temporary?.remove();
});

const customUserAgent: [string, string][] = [['ecr-operator', '0.0.0']];

/** What is noted of what is done with a simulator, in words. */
async function noted(work: (simulated: Simulated) => Promise<void>): Promise<string[]> {
  const folder = join(temporary.path, randomUUID());
  await mkdir(folder);
  await using simulated = await simulate({ operatorFolder: folder });
  await work(simulated);
  return (await readOperatorRecord(folder)).map(inWords).sort();
}

function inWords({ action, form, means, outcome }: OperatorAction): string {
  return `${means} ${action} ${form} ${outcome}`;
}

test.each([
  ['arn:aws:ecr:us-east-1:123456789012:repository/team-a/web', 'repository/NAME'],
  ['arn:aws-cn:ecr:cn-north-1:123456789012:repository/*', 'repository/*'],
  ['arn:aws:ecr-public::123456789012:repository/web', 'repository/NAME'],
  ['arn:aws:iam::123456789012:role/path/operator', 'role/NAME'],
  ['*', '*'],
])('%s comes to %s', (arn, form) => {
  expect(resourceForm(arn)).toBe(form);
});

test('what the operator asks for is noted once, with its resource and what came of it', async () => {
  const lines = await noted(async ({ aws, settings }) => {
    const ecr = new ECRClient({ ...settings, customUserAgent });
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team-a/web' }));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'team-b/web' }));
    await failureOf(ecr.send(new CreateRepositoryCommand({ repositoryName: 'team-b/web' })));
    await ecr.send(new DescribeRepositoriesCommand({}));
    aws.faults.add({ match: {}, fault: { kind: 'access-denied' } });
    await failureOf(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['team-a/web'] })));
    ecr.destroy();
  });
  expect(lines).toEqual([
    'call ecr:CreateRepository repository/NAME failed',
    'call ecr:CreateRepository repository/NAME ok',
    'call ecr:DescribeRepositories repository/* ok',
    'call ecr:DescribeRepositories repository/NAME denied',
  ]);
});

test('what a test asks for itself, as the same user, is not noted', async () => {
  const lines = await noted(async ({ ecr }) => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'web' }));
  });
  expect(lines).toEqual([]);
});

test('pulls with a token of the operator are noted, tries to push with it and pulls with other tokens are not', async () => {
  const lines = await noted(async ({ aws, ecr, settings }) => {
    aws.as(ACCOUNT, REGION).addRepository('web');
    const token = await ecr.send(new GetAuthorizationTokenCommand({}));
    await visit(aws.registryUrl, token, 'tags/list', 'GET');
    const operator = new ECRClient({ ...settings, customUserAgent });
    const own = await operator.send(new GetAuthorizationTokenCommand({}));
    await visit(aws.registryUrl, own, 'manifests/1', 'GET');
    await visit(aws.registryUrl, own, 'blobs/uploads/', 'POST');
    operator.destroy();
  });
  expect(lines).toEqual([
    'call ecr:GetAuthorizationToken * ok',
    'token ecr:BatchGetImage repository/NAME failed',
  ]);
});

test('a role that the operator assumes is noted as a role', async () => {
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/pull`;
  const lines = await noted(async ({ aws, settings }) => {
    aws.addRole({ arn: RoleArn, trusts: ['*'] });
    const sts = new STSClient({ ...settings, customUserAgent });
    await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'operator' }));
    sts.destroy();
  });
  expect(lines).toEqual(['call sts:AssumeRole role/NAME ok']);
});

test('several workers write into one folder', async () => {
  const folder = join(temporary.path, 'several');
  await mkdir(folder);
  const line = (action: string) => JSON.stringify({ action, form: '*', means: 'call', outcome: 'ok' });
  await writeFile(join(folder, 'one.jsonl'), `${line('ecr:B')}\n${line('ecr:A')}\n`);
  await writeFile(join(folder, 'two.jsonl'), `${line('ecr:A')}\n`);
  expect((await readOperatorRecord(folder)).map(({ action }) => action)).toEqual(['ecr:A', 'ecr:B']);
});

type TokenAnswer = { authorizationData?: { authorizationToken?: string | undefined }[] | undefined };

async function visit(url: string, answer: TokenAnswer, path: string, method: string): Promise<void> {
  const token = answer.authorizationData?.[0]?.authorizationToken ?? '';
  const init = { method, headers: { authorization: `Basic ${token}` } };
  await (await fetch(`${url}/v2/web/${path}`, init)).arrayBuffer();
}
