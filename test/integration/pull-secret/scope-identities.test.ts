import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { ACCOUNT, type Lab, type OperatorSettings, startLab } from '../../lab/lab.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import { renewedIn } from './many-registries.ts';
import {
  arrivedIn,
  condition,
  HOUR,
  type Scene,
  scenes,
  secretIn,
  servedIn,
  settledAs,
  skip,
  statusOf,
} from './pull-lab.ts';
import { entriesOf, fillRegistry, loginsIn, roleFor, sessionsOf, visit } from './pull-logins.ts';
import { versionsOf } from './pull-objects.ts';

jest.setTimeout(60_000);

let lab: Lab;
let operator: OperatorProcess;
let scene: (name: string) => Scene;

beforeAll(async () => {
  lab = await startLab();
  scene = scenes(lab);
  operator = await lab.startOperator();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

async function restart(env: NonNullable<OperatorSettings['env']> = {}): Promise<void> {
  await operator.stop();
  operator = await lab.startOperator({ env });
}

test('refused tokens of the whole identity: what there is stays, what is new waits, and it says what to do', async () => {
  const refused = scene('refused');
  const namespace = await refused.namespace('a');
  const object = await refused.serve(1);
  const before = await arrivedIn(lab, namespace);
  const calls = refused.calls();
  await restart({ ECR_OPERATOR_IDENTITY_TOKENS: 'refuse' });
  const told = await settledAs(lab, object, 'IdentityTokenRefused', 'Refreshed');
  expect(condition(told.status, 'Refreshed')?.message).toMatch(
    /pulls work until .*--identity-tokens refuses .*set spec\.pullRoleArn of the Registry .*IRSA/,
  );
  expect(condition(told.status, 'Ready')?.status).toBe('True');
  const other = await refused.namespace('b');
  await settledAs(lab, object, 'IdentityTokenRefused', 'Delivered');
  expect(await secretIn(lab, other)).toBeUndefined();
  expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([before]));
  expect(refused.calls()).toBe(calls);

  await refused.registry({ pullRoleArn: roleFor(lab, 'refused') });
  await servedIn(lab, object, 2);
  // The wide one goes, too, although it is not due.
  await statusOf(lab, object, ({ tokenScope }) => tokenScope === 'PullOnly', 'be PullOnly everywhere');
  expect(entriesOf(await arrivedIn(lab, other))).toEqual(entriesOf(await arrivedIn(lab, namespace)));
  expect((await arrivedIn(lab, namespace)).metadata.uid).toBe(before.metadata.uid);
});

test('IRSA: the web identity’s own role is narrowed, by the token that stands in the file at that time', async () => {
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/irsa`;
  const file = join(lab.controlPlane.folder, 'web-identity-token');
  const identity = async (webIdentityToken: string) => {
    lab.aws.addRole({ arn: roleArn, webIdentityToken });
    await writeFile(file, webIdentityToken);
  };
  await identity('web-identity-of-the-first-hour');
  const irsa = scene('irsa');
  fillRegistry(lab, irsa, 'team-a/web', 'team-b/web');
  await irsa.registry();
  const namespace = await irsa.namespace('a');
  await restart({
    AWS_ROLE_ARN: roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ACCESS_KEY_ID: '',
    AWS_SECRET_ACCESS_KEY: '',
    ECR_OPERATOR_IDENTITY_TOKENS: 'refuse',
  });
  const whole = await irsa.namespace('whole', {});
  await servedIn(lab, await irsa.pullSecret(whole), 1);
  expect(loginsIn(await arrivedIn(lab, whole))).toMatchObject([{ scope: 'PullOnly' }]);
  const registries = [{ name: irsa.name, repositories: ['team-a/*'] }];
  const object = await servedIn(lab, await irsa.clusterPullSecret({ registries }), 1);
  expect(object.status?.tokenScope).toBe('Scoped');
  const secret = await arrivedIn(lab, namespace);
  const at = visit(lab, secret, irsa.host);
  expect([await at.pull('team-a/web'), await at.pull('team-b/web'), await at.push('team-a/web')]).toEqual([
    200, 403, 403,
  ]);
  // Without a policy it is the operator's own session; with one, a token's.
  const narrowed = lab.aws.actions.tally('sts:AssumeRoleWithWebIdentity').filter((one) => one.policyHash);
  expect(narrowed.map(({ calls }) => calls)).toEqual([1, 1]);
  expect(sessionsOf(lab, roleArn).length).toBe(3);

  await identity('web-identity-of-the-next-hour');
  await skip(lab, HOUR / 2);
  await renewedIn(lab, namespace, entriesOf(secret), irsa.host);

  // Without the file: as in every other failure, the Secret stays.
  const kept = await arrivedIn(lab, namespace);
  await rm(file);
  const wider = [{ name: irsa.name, repositories: ['team-a/*', 'team-b/web'] }];
  const told = await settledAs(
    lab,
    await irsa.clusterPullSecret({ registries: wider }),
    'CredentialsUnavailable',
    'Refreshed',
  );
  expect(condition(told.status, 'Refreshed')?.message).toContain('the token of the web identity');
  await lab.admin.patch(told, { metadata: { annotations: { touched: 'yes' } } });
  expect(versionsOf([await arrivedIn(lab, namespace)])).toEqual(versionsOf([kept]));
  await identity('web-identity-of-the-third-hour');
  await lab.advance(61_000);
  await renewedIn(lab, namespace, entriesOf(kept), irsa.host);
});
