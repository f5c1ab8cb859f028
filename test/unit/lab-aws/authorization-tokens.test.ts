import { readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { describe, expect, test } from '@jest/globals';
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
