import { describe, expect, test } from '@jest/globals';
import type { PlannedLogin, SecretAction } from '../../../../src/controllers/pull-secret/decide.ts';
import {
  type Auths,
  decodedConfig,
  dockerLogin,
  encodedConfig,
} from '../../../../src/controllers/pull-secret/docker-config.ts';
import { type SecretBodyInput, secretBody } from '../../../../src/controllers/pull-secret/secret-body.ts';
import { writeSecret } from '../../../../src/controllers/pull-secret/write-secret.ts';
import type { KubeClient } from '../../../../src/runtime/kube-client.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { HOST } from '../objects.ts';
import { cluster, login, secret, token, want } from './pull-objects.ts';
import { FOREIGN, OF_OTHER, OURS, READ, type Sent, sent } from './sent.ts';

const TOKEN: PlannedLogin = { from: 'memory', want: want(), token: token() };
const KEPT: PlannedLogin = { from: 'secret', login: OF_OTHER };

function apply(...logins: PlannedLogin[]): SecretAction {
  return { type: 'apply', logins, why: 'Due' };
}

/** What an apply says of the Secret, in short. */
function applied([verb, body, options]: Sent) {
  const { uid, resourceVersion, annotations } = body.metadata;
  expect([verb, options.namespace, options.name, options.fieldManager]).toEqual([
    'apply',
    'team',
    'ecr-pull',
    'ecr-operator',
  ]);
  const names = JSON.parse(annotations['ecr-operator.io/tokens']).map((one: Sent) => one.registry);
  const auths = decodedConfig(body.data['.dockerconfigjson']);
  return { uid, resourceVersion, names, auths, force: options.force };
}

const OF_TOKEN = { names: ['default'], auths: { [HOST]: dockerLogin('hush') } };

describe('a Secret that is made', () => {
  test.each([
    ['whose holder keeps nothing of others', false],
    ['whose holder keeps what there is, which is nothing', true],
  ])('%s is never taken by force: another’s would be a conflict', async (_what, keep) => {
    const [call, ...more] = await sent(apply(TOKEN), undefined, keep);
    expect([applied(call), more]).toEqual([{ ...OF_TOKEN, force: false }, []]);
  });
});

describe('a Secret that is renewed', () => {
  test('is not read where nothing of it stays, and is the one that was seen', async () => {
    const [call, ...more] = await sent(apply(TOKEN), secret());
    expect([applied(call), more]).toEqual([{ ...OF_TOKEN, uid: 'uid-of-secret', force: true }, []]);
  });

  test('takes over the login for which there is no token, at the version that it was read', async () => {
    const found = secret({ logins: [login(), OF_OTHER] });
    const [read, call] = await sent(apply(TOKEN, KEPT), found, false, { auths: { ...FOREIGN, ...OURS } });
    expect([read, applied(call)]).toEqual([
      READ,
      {
        uid: 'uid-of-secret',
        resourceVersion: '9',
        names: ['default', 'other'],
        auths: { ...OURS, [HOST]: dockerLogin('hush') },
        force: true,
      },
    ]);
  });

  test('keeps what others wrote where its holder says so, but nothing of ours of before', async () => {
    const found = secret({ logins: [OF_OTHER] });
    const [read, call] = await sent(apply(TOKEN), found, true, { auths: { ...FOREIGN, ...OURS } });
    expect([read, applied(call)]).toEqual([
      READ,
      {
        uid: 'uid-of-secret',
        resourceVersion: '9',
        names: ['default'],
        auths: { ...FOREIGN, [HOST]: dockerLogin('hush') },
        force: true,
      },
    ]);
  });

  test('of somebody who hands it over keeps the rest of it, where its holder says so', async () => {
    const theirs = secret({ managed: false, handedOver: true, logins: [] });
    const auths = { ...FOREIGN, [HOST]: { auth: 'theirs' } };
    const [, call] = await sent(apply(TOKEN), theirs, true, { auths });
    expect(applied(call).auths).toEqual({ ...FOREIGN, [HOST]: dockerLogin('hush') });
  });

  test('and is gone meanwhile claims nothing that was in it, and is not made anew by mistake', async () => {
    const [, call] = await sent(apply(TOKEN, KEPT), secret(), false);
    expect(applied(call)).toEqual({ ...OF_TOKEN, uid: 'uid-of-secret', force: true });
  });

  test('and cannot be read stays as it is', async () => {
    const client = { request: async () => Promise.reject(new KubeError(403, 'Forbidden', 'no')) };
    const write = writeSecret(client as unknown as KubeClient, {
      target: { namespace: 'team', secretName: 'ecr-pull' },
      holder: cluster(),
      secret: secret(),
      action: apply(KEPT),
    });
    await expect(write).rejects.toThrow('no');
  });
});

describe('a Secret that others write into, as they may,', () => {
  const ours = { ...FOREIGN, [HOST]: dockerLogin('hush') };
  const found = secret({ intact: false, foreignEntries: 'Keep' });
  const input: SecretBodyInput = {
    target: { namespace: 'team', secretName: 'ecr-pull' },
    holder: cluster('all', { foreignEntries: 'Keep' }),
    content: { logins: [login()], data: encodedConfig(ours) },
  };
  const { labels, annotations } = secretBody(input).metadata;

  /** Whether something of ours had to be put right in a Secret that holds this. */
  async function changed(auths: Auths, metadata: object): Promise<boolean> {
    const data = { '.dockerconfigjson': encodedConfig(auths) };
    const client = {
      request: async () => ({ metadata: { resourceVersion: '9', ...metadata }, data }),
      apply: async () => ({ metadata: { resourceVersion: '10' } }),
    } as unknown as KubeClient;
    return (await writeSecret(client, { ...input, secret: found, action: apply(TOKEN) })).changed;
  }

  test.each<[string, boolean, Auths, object]>([
    ['was not changed by that', false, ours, { labels, annotations }],
    ['may have marks of theirs', false, ours, { labels: { ...labels, a: 'b' }, annotations }],
    ['was changed with our token', true, { ...ours, [HOST]: { auth: 'x' } }, { labels, annotations }],
    ['was changed without our token', true, FOREIGN, { labels, annotations }],
    ['was changed without our label', true, ours, { annotations }],
    [
      'was changed with an annotation of ours',
      true,
      ours,
      { labels, annotations: { ...annotations, 'ecr-operator.io/holder': 'x' } },
    ],
    ['was changed without our annotations', true, ours, { labels }],
  ])('%s: %s', async (_what, expected, auths, metadata) => {
    expect(await changed(auths, metadata)).toBe(expected);
  });
});
