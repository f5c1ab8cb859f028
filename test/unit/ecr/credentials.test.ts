import { describe, expect, test } from '@jest/globals';
import { credentialsSecretError, keysOf, roleAtTheEnd, rolesOnTheWay } from '../../../src/ecr/credentials.ts';
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

describe('the roles of a Registry', () => {
  const [one, two] = ['arn:aws:iam::123456789012:role/one', 'arn:aws:iam::210987654321:role/two'];

  test('on the way have nothing of what the Registry says of the last one', () => {
    const chain = [
      { roleArn: one, externalId: 'first-door' },
      { roleArn: two, sessionName: 'second' },
    ];
    const credentials = { chain, externalId: 'last-door', sessionName: 'last', sessionTags: { team: 'a' } };
    expect([rolesOnTheWay(credentials), rolesOnTheWay({})]).toEqual([
      [
        { roleArn: one, sessionName: 'ecr-operator', externalId: 'first-door' },
        { roleArn: two, sessionName: 'second' },
      ],
      [],
    ]);
  });

  test('at the end is assumed with all that the Registry says', () => {
    const said = {
      externalId: 'door',
      sessionName: 'me',
      sessionTags: { team: 'a' },
      transitiveTagKeys: ['team'],
    };
    expect([roleAtTheEnd(one, said), roleAtTheEnd(one, {}), roleAtTheEnd(one, { sessionTags: {} })]).toEqual([
      {
        roleArn: one,
        sessionName: 'me',
        externalId: 'door',
        tags: { team: 'a' },
        transitiveTagKeys: ['team'],
      },
      { roleArn: one, sessionName: 'ecr-operator' },
      { roleArn: one, sessionName: 'ecr-operator' },
    ]);
  });
});
