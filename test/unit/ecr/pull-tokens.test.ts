import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RegistrySpec } from '../../../src/api/registry.generated.ts';
import type { SessionKeys, StsApi } from '../../../src/ecr/ecr-api.ts';
import { type PullScope, sessionPolicy } from '../../../src/ecr/pull-scope.ts';
import { issueToken, type TokenOptions, type TokenSource } from '../../../src/ecr/pull-tokens.ts';
import { failureOf, TerminalError } from '../../../src/runtime/errors.ts';
import { type TemporaryFolder, temporaryFolder } from '../../lab/temporary-folder.ts';

const OWN = { accessKeyId: 'own', secretAccessKey: 's' };
const SESSION: SessionKeys = {
  accessKeyId: 'session',
  secretAccessKey: 's',
  sessionToken: 't',
  expiration: new Date(3_600_000),
};
const ROLE = 'arn:aws:iam::123456789012:role/ecr';
const PULL_ROLE = 'arn:aws:iam::123456789012:role/pull';
const ROLE_ON_THE_WAY = 'arn:aws:iam::210987654321:role/hub';
const WEB_ROLE = 'arn:aws:iam::123456789012:role/irsa';
const TEAM: PullScope = { kind: 'Repositories', patterns: ['team/*'] };
const ALL: PullScope = { kind: 'Registry' };
const PUBLIC: PullScope = { kind: 'Public' };

let folder: TemporaryFolder;
let tokenFile: string;

beforeAll(async () => {
  folder = await temporaryFolder('web-identity');
  tokenFile = join(folder.path, 'token');
});

afterAll(async () => {
  await folder?.remove();
});

function specOf(more: Partial<RegistrySpec>): RegistrySpec {
  return { accountId: '123456789012', region: 'us-east-1', access: 'Manage', ...more };
}

/** A source whose AWS says yes to everything, and what it was asked. */
function sourceOf(more: Partial<RegistrySpec>, options: TokenOptions = {}, expiresAt = 43_200_000) {
  const asked: unknown[] = [];
  const sts: StsApi = {
    getCallerIdentity: async () => ({ accountId: '123456789012', arn: 'arn' }),
    assumeRole: async (request) => {
      asked.push(['AssumeRole', request]);
      return SESSION;
    },
    assumeRoleWithWebIdentity: async (request) => {
      asked.push(['AssumeRoleWithWebIdentity', request]);
      return SESSION;
    },
  };
  const source: TokenSource = {
    ...options,
    spec: specOf(more),
    sts,
    own: async () => OWN,
    authorizationToken: async (scope, keys) => {
      asked.push([scope.kind, (await keys()).accessKeyId]);
      return { password: 'p', expiresAt };
    },
  };
  return { source, asked };
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => ({
    ...failureOf(error),
    recheckAfterMs: error instanceof TerminalError ? error.recheckAfterMs : 'retried',
  }));
}

describe('a session is asked for', () => {
  test.each<[string, Partial<RegistrySpec>, object]>([
    ['of roleArn', { credentials: { roleArn: ROLE } }, { roleArn: ROLE, sessionName: 'ecr-operator' }],
    [
      'of roleArn as the Registry says',
      { credentials: { roleArn: ROLE, externalId: 'x1', sessionName: 'cluster-1' } },
      { roleArn: ROLE, sessionName: 'cluster-1', externalId: 'x1' },
    ],
    [
      'of pullRoleArn before roleArn',
      { pullRoleArn: PULL_ROLE, credentials: { roleArn: ROLE, externalId: 'x1' } },
      { roleArn: PULL_ROLE, sessionName: 'ecr-operator', externalId: 'x1' },
    ],
    ['of pullRoleArn alone', { pullRoleArn: PULL_ROLE }, { roleArn: PULL_ROLE, sessionName: 'ecr-operator' }],
    [
      'of pullRoleArn from a secretRef',
      { pullRoleArn: PULL_ROLE, credentials: { secretRef: { name: 'aws' } } },
      { roleArn: PULL_ROLE, sessionName: 'ecr-operator' },
    ],
  ])('%s, a web identity or not', async (_what, spec, request) => {
    for (const webIdentity of [undefined, { roleArn: WEB_ROLE, tokenFile }]) {
      const { source, asked } = sourceOf(spec, { webIdentity });
      await issueToken(source, TEAM);
      expect(asked).toEqual([
        ['AssumeRole', { ...request, policy: sessionPolicy(source.spec, TEAM) }],
        ['Repositories', 'session'],
      ]);
    }
  });

  test('of the web identity where no role is named, with the token that the file holds then', async () => {
    const { source, asked } = sourceOf({}, { webIdentity: { roleArn: WEB_ROLE, tokenFile } });
    const request = {
      roleArn: WEB_ROLE,
      sessionName: 'ecr-operator',
      policy: sessionPolicy(source.spec, ALL),
    };
    for (const token of ['first', 'second']) {
      await writeFile(tokenFile, `${token}\n`);
      await issueToken(source, ALL);
    }
    expect(asked).toEqual([
      ['AssumeRoleWithWebIdentity', { ...request, token: 'first' }],
      ['Registry', 'session'],
      ['AssumeRoleWithWebIdentity', { ...request, token: 'second' }],
      ['Registry', 'session'],
    ]);
  });

  test.each<[string, Partial<RegistrySpec>, TokenOptions]>([
    ['no role and no web identity', {}, {}],
    ['no role and static keys', { credentials: { secretRef: { name: 'aws' } } }, {}],
  ])('of nothing with %s: it is the identity’s own token', async (_what, spec, options) => {
    const { source, asked } = sourceOf(spec, options);
    const token = await issueToken(source, ALL);
    expect([token.scope, token.expiresAt, asked]).toEqual(['Identity', 43_200_000, [['Registry', 'own']]]);
  });

  test.each<[string, NonNullable<RegistrySpec['credentials']>]>([
    ['static keys are', { secretRef: { name: 'aws' } }],
    ['a chain is', { chain: [{ roleArn: ROLE_ON_THE_WAY }] }],
  ])('not of the web identity where %s named: they may be of another account', async (_what, credentials) => {
    const webIdentity = { roleArn: WEB_ROLE, tokenFile };
    const { source, asked } = sourceOf({ credentials }, { webIdentity });
    await issueToken(source, PUBLIC);
    expect(asked).toEqual([['Public', 'own']]);
  });
});

describe('a token', () => {
  test.each<[string, PullScope, string, readonly string[]]>([
    ['for some repositories is Scoped', TEAM, 'Scoped', ['123456789012.dkr.ecr.us-east-1.amazonaws.com']],
    ['for the registry is PullOnly', ALL, 'PullOnly', ['123456789012.dkr.ecr.us-east-1.amazonaws.com']],
    ['for ECR Public is PullOnly', PUBLIC, 'PullOnly', ['public.ecr.aws']],
  ])('%s', async (_what, scope, narrowness, hosts) => {
    const { source } = sourceOf({ pullRoleArn: PULL_ROLE });
    expect(await issueToken(source, scope)).toEqual({
      password: 'p',
      expiresAt: 3_600_000,
      scope: narrowness,
      hosts,
    });
  });

  test('that ends before its session ends then', async () => {
    const { source } = sourceOf({ pullRoleArn: PULL_ROLE }, {}, 30_000);
    expect((await issueToken(source, ALL)).expiresAt).toBe(30_000);
  });
});

const ADVICE =
  'set spec.pullRoleArn of the Registry of account 123456789012 in us-east-1 to a role that may pull, or run the operator with a web identity (IRSA)';

describe('there is no token', () => {
  test.each<[string, PullScope, Partial<RegistrySpec>, TokenOptions, object]>([
    [
      'for some repositories without a role',
      TEAM,
      {},
      {},
      {
        reason: 'ScopeNeedsRole',
        message: `a token for some repositories only needs a role to assume, and there is none: ${ADVICE}`,
        recheckAfterMs: 300_000,
      },
    ],
    [
      'as wide as the identity where such are refused',
      ALL,
      {},
      { identityTokens: 'refuse' },
      {
        reason: 'IdentityTokenRefused',
        message: `without a role to assume, the token could do all that the operator's identity may, and --identity-tokens refuses such tokens: ${ADVICE}`,
        recheckAfterMs: 300_000,
      },
    ],
    [
      'of ECR Public, either',
      PUBLIC,
      {},
      { identityTokens: 'refuse' },
      expect.objectContaining({ reason: 'IdentityTokenRefused' }) as object,
    ],
    [
      'of ECR Public in another partition',
      PUBLIC,
      { region: 'cn-north-1', pullRoleArn: PULL_ROLE },
      {},
      {
        reason: 'PublicNotAvailable',
        message:
          'ECR Public is in the partition aws only, and cn-north-1 is in aws-cn: refer to a Registry of the partition aws, or do without public',
        recheckAfterMs: 3_600_000,
      },
    ],
    [
      'for more repositories than a session policy can name',
      { kind: 'Repositories', patterns: Array.from({ length: 40 }, (_, index) => `team/app-${index}`) },
      { pullRoleArn: PULL_ROLE },
      {},
      {
        reason: 'ScopeTooLarge',
        message:
          'the session policy for these repositories has 2783 characters, and STS takes 2048: name a prefix such as team-a/* instead of single repositories',
        recheckAfterMs: 3_600_000,
      },
    ],
  ])('%s, and AWS is not asked', async (_what, scope, spec, options, expected) => {
    const { source, asked } = sourceOf(spec, options);
    expect(await failure(issueToken(source, scope))).toEqual(expected);
    expect(asked).toEqual([]);
  });

  test('where such are refused, a role makes one all the same', async () => {
    const { source } = sourceOf({ pullRoleArn: PULL_ROLE }, { identityTokens: 'refuse' });
    expect((await issueToken(source, ALL)).scope).toBe('PullOnly');
  });

  test.each<[string, string | undefined, RegExp]>([
    ['is not there', undefined, /^the token of the web identity: (Error: )?ENOENT: no such file/],
    ['is empty', ' \n', /^the token of the web identity: .*empty-token is empty$/],
  ])('of a web identity whose token file %s', async (_what, content, message) => {
    const file = join(folder.path, 'empty-token');
    if (content !== undefined) await writeFile(file, content);
    const { source, asked } = sourceOf({}, { webIdentity: { roleArn: WEB_ROLE, tokenFile: file } });
    expect(await failure(issueToken(source, ALL))).toEqual({
      reason: 'CredentialsUnavailable',
      message: expect.stringMatching(message),
      recheckAfterMs: 'retried',
    });
    expect(asked).toEqual([]);
  });
});

test.each([
  [2_048, 'ok'],
  [2_049, 'ScopeTooLarge'],
])('a session policy of %i characters is %s', async (length, expected) => {
  const { source } = sourceOf({ pullRoleArn: PULL_ROLE });
  const rest = length - sessionPolicy(source.spec, { kind: 'Repositories', patterns: [''] }).length;
  const scope: PullScope = { kind: 'Repositories', patterns: ['x'.repeat(rest)] };
  const found = await issueToken(source, scope).then(
    () => 'ok',
    (error: unknown) => failureOf(error).reason,
  );
  expect(found).toBe(expected);
});
