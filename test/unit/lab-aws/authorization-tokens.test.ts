import { readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { GetAuthorizationTokenCommand as PublicTokenCommand } from '@aws-sdk/client-ecr-public';
import { describe, expect, test } from '@jest/globals';
import { ask, login } from './front-requests.ts';
import { ACCOUNT, simulate } from './simulated-clients.ts';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/ecr`;
const HOUR = 3_600_000;

describe('authorization tokens', () => {
  test('are about 2 kB, last 12 hours, and name the registry with its partition’s suffix', async () => {
    await using lab = await simulate();
    const china = new ECRClient({ ...lab.settings, region: 'cn-north-1' });
    const [data] = (await china.send(new GetAuthorizationTokenCommand({}))).authorizationData ?? [];
    const [user, password = ''] = Buffer.from(data?.authorizationToken ?? '', 'base64')
      .toString()
      .split(':');
    expect(user).toBe('AWS');
    expect(password.length).toBeGreaterThan(1900);
    expect(password.length).toBeLessThan(2300);
    expect(data?.expiresAt?.getTime()).toBe(lab.aws.clock.now().getTime() + 12 * HOUR);
    expect(data?.proxyEndpoint).toBe(`https://${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn`);
  });

  test('live as long as they are told from the start, and later ones as told since', async () => {
    await using lab = await simulate({ tokenLifetimeMs: 30_000 });
    const first = await login(lab);
    lab.aws.clock.advance(20_000);
    lab.aws.tokens.setLifetime(60_000);
    const second = await login(lab);
    const { authorizationData } = await lab.ecrPublic.send(new PublicTokenCommand({}));
    expect(authorizationData?.expiresAt?.getTime()).toBe(lab.aws.clock.now().getTime() + 60_000);
    expect(lab.aws.tokens.all().map((one) => one.expiresAt.getTime() - one.issuedAt.getTime())).toEqual([
      30_000, 60_000, 60_000,
    ]);
    lab.aws.clock.advance(10_000);
    const statuses = [first, second].map(async (token) => (await ask(lab, '/v2/', token)).status);
    expect(await Promise.all(statuses)).toEqual([403, 200]);
  });

  test('are all in the ledger and in its file, which only the owner may read', async () => {
    const secretsFile = join(tmpdir(), `lab-aws-${process.pid}-${Date.now()}`);
    try {
      await using lab = await simulate({ secretsFile });
      const [data] = (await lab.ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData ?? [];
      lab.aws.addRole({ arn: ROLE });
      const credentials = lab.aws.issueSession(ROLE);
      const password = Buffer.from(data?.authorizationToken ?? '', 'base64')
        .toString()
        .slice('AWS:'.length);
      const wanted = [
        data?.authorizationToken,
        password,
        credentials.secretAccessKey,
        credentials.sessionToken,
      ];
      expect(lab.aws.issuedTokens()).toEqual(expect.arrayContaining(wanted));
      expect(readFileSync(secretsFile, 'utf8').split('\n')).toEqual(expect.arrayContaining(wanted));
      expect(statSync(secretsFile).mode & 0o777).toBe(0o600);
    } finally {
      rmSync(secretsFile, { force: true });
    }
  });
});
