import { describe, expect, test } from '@jest/globals';
import { credentialProviders, credentialsSecretError, keysOf } from '../../../src/ecr/credentials.ts';
import { failureOf, RetryableError, TerminalError } from '../../../src/runtime/errors.ts';

function base64(data: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
  );
}

describe('the keys in a Secret', () => {
  test.each<[string, Record<string, string>, object]>([
    [
      'of a user',
      { 'access-key-id': 'AKIA1', 'secret-access-key': 's1' },
      { accessKeyId: 'AKIA1', secretAccessKey: 's1' },
    ],
    [
      'of a session',
      { 'access-key-id': 'ASIA1', 'secret-access-key': 's1', 'session-token': 't1' },
      { accessKeyId: 'ASIA1', secretAccessKey: 's1', sessionToken: 't1' },
    ],
    [
      'with the line ends that files have',
      { 'access-key-id': 'AKIA1\n', 'secret-access-key': ' s1\r\n', 'session-token': '\n' },
      { accessKeyId: 'AKIA1', secretAccessKey: 's1' },
    ],
  ])('%s are read', (_what, data, keys) => {
    expect(keysOf('aws', base64(data))).toEqual(keys);
  });

  test.each<[string, Record<string, string> | undefined]>([
    ['no data', undefined],
    ['no key id', { 'secret-access-key': 'hush' }],
    ['no secret key', { 'access-key-id': 'AKIA1' }],
    ['an empty secret key', { 'access-key-id': 'AKIA1', 'secret-access-key': ' \n' }],
    ['the names that AWS uses elsewhere', { AWS_ACCESS_KEY_ID: 'AKIA1', AWS_SECRET_ACCESS_KEY: 'hush' }],
  ])('%s is said without showing any', (_what, data) => {
    let thrown: unknown;
    try {
      keysOf('aws', data && base64(data));
    } catch (error) {
      thrown = error;
    }
    expect(failureOf(thrown)).toEqual({
      reason: 'CredentialsSecretInvalid',
      message:
        'Secret aws needs the keys access-key-id and secret-access-key (and session-token for temporary keys)',
    });
    expect([thrown instanceof TerminalError, (thrown as TerminalError).recheckAfterMs]).toEqual([
      true,
      60_000,
    ]);
  });
});

test('a Secret that cannot be read is named, with the reason, and tried again', () => {
  const cause = new Error('secrets "aws" not found');
  const error = credentialsSecretError('aws', 'ecr-operator', cause.message, cause);
  expect(failureOf(error)).toEqual({
    reason: 'CredentialsSecretNotReadable',
    message: 'Secret aws in namespace ecr-operator: secrets "aws" not found',
  });
  expect([error instanceof RetryableError, error.cause]).toEqual([true, cause]);
});

describe('the keys of a secretRef', () => {
  const spec = {
    accountId: '123456789012',
    region: 'us-east-1',
    access: 'Manage',
    credentials: { secretRef: { name: 'aws' } },
  } as const;

  test('are read once for many that ask, and have an end, so that the SDK asks again', async () => {
    const asked: string[] = [];
    const { own: provider } = credentialProviders(spec, async (name) => {
      asked.push(name);
      return { accessKeyId: 'AKIA1', secretAccessKey: 's1' };
    });
    const before = Date.now();
    const [first, second] = await Promise.all([provider(), provider()]);
    expect([asked, first]).toEqual([['aws'], second]);
    expect(first).toEqual({ accessKeyId: 'AKIA1', secretAccessKey: 's1', expiration: expect.any(Date) });
    expect(Number(first.expiration) - before).toBeGreaterThanOrEqual(60_000);
  });

  test('are read again after a failure', async () => {
    let count = 0;
    const { own: provider } = credentialProviders(spec, async () => {
      count += 1;
      if (count === 1) throw new Error('not yet');
      return { accessKeyId: 'AKIA1', secretAccessKey: 's1' };
    });
    await expect(provider()).rejects.toThrow('not yet');
    await expect(provider()).resolves.toEqual(expect.objectContaining({ accessKeyId: 'AKIA1' }));
  });
});
