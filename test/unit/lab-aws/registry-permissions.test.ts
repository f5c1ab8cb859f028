import { ECRClient } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ask, errorOf, login, NAME } from './front-requests.ts';
import { ACCOUNT, OTHER_ACCOUNT, REGION, type Simulated, simulate } from './simulated-clients.ts';

describe('permissions at the front', () => {
  const role = `arn:aws:iam::${ACCOUNT}:role/puller`;
  const PULL = ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];
  const scope = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/team/*`;
  const allow = { Effect: 'Allow', Action: PULL, Resource: [scope] };
  const token = { Effect: 'Allow', Action: 'ecr:GetAuthorizationToken', Resource: '*' };
  const deny = { Effect: 'Deny', Action: PULL, NotResource: [scope] };

  async function pull(lab: Simulated, statements: object[], name: string) {
    const session = lab.aws.issueSession(role, { policy: JSON.stringify({ Statement: statements }) });
    const password = await login(lab, new ECRClient({ ...lab.settings, credentials: session }));
    return ask(lab, `/v2/${name}/manifests/v1`, password);
  }

  async function twoRepositories(lab: Simulated) {
    lab.aws.addRole({ arn: role });
    const handle = lab.aws.as(ACCOUNT, REGION);
    for (const name of [NAME, 'foreign/app']) {
      handle.addRepository(name);
      handle.addImage(name, { digest: digestOf(name), tags: new Set(['v1']), manifest: '{}' });
    }
    return handle;
  }

  test('a session policy bounds the token made with it', async () => {
    await using lab = await simulate();
    await twoRepositories(lab);
    expect((await pull(lab, [allow, token], NAME)).status).toBe(200);
    const [status, code, message] = await errorOf(await pull(lab, [allow, token], 'foreign/app'));
    expect([status, code]).toEqual([403, 'DENIED']);
    expect(message).toContain('because no session policy allows the ecr:BatchGetImage action');
  });

  test('a repository policy that names the session opens it, unless the session policy denies the rest', async () => {
    await using lab = await simulate();
    const handle = await twoRepositories(lab);
    const AWS = `arn:aws:sts::${ACCOUNT}:assumed-role/puller/session`;
    const statement = { Effect: 'Allow', Principal: { AWS }, Action: PULL };
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    handle.call('SetRepositoryPolicy', { repositoryName: 'foreign/app', policyText });
    expect((await pull(lab, [allow, token], 'foreign/app')).status).toBe(200);
    expect((await pull(lab, [allow, token, deny], 'foreign/app')).status).toBe(403);
    expect((await pull(lab, [allow, token, deny], NAME)).status).toBe(200);
  });

  test('another account needs the repository’s own policy', async () => {
    await using lab = await simulate();
    const handle = await twoRepositories(lab);
    const stranger = lab.aws.addUser({ arn: `arn:aws:iam::${OTHER_ACCOUNT}:user/x` });
    const password = await login(lab, new ECRClient({ ...lab.settings, credentials: stranger }));
    const get = () => ask(lab, `/v2/${NAME}/manifests/v1`, password);
    expect((await get()).status).toBe(403);
    const statement = { Effect: 'Allow', Principal: { AWS: OTHER_ACCOUNT }, Action: PULL };
    const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    handle.call('SetRepositoryPolicy', { repositoryName: NAME, policyText });
    expect((await get()).status).toBe(200);
  });

  test('faults strike here too', async () => {
    await using lab = await simulate();
    await twoRepositories(lab);
    const password = await login(lab);
    lab.aws.faults.add({ match: { action: 'ecr:BatchGetImage' }, fault: { kind: 'throttle' }, times: 1 });
    const response = await ask(lab, `/v2/${NAME}/manifests/v1`, password);
    expect((await errorOf(response)).slice(0, 2)).toEqual([429, 'TOOMANYREQUESTS']);
  });
});
