import { describe, expect, test } from '@jest/globals';
import type { SecretAction } from '../../../../src/controllers/pull-secret/decide.ts';
import { type Auths, encodedConfig } from '../../../../src/controllers/pull-secret/docker-config.ts';
import { ignoreNotFound } from '../../../../src/controllers/pull-secret/write-secret.ts';
import { KubeError } from '../../../../src/runtime/kube-errors.ts';
import { secret } from './pull-objects.ts';
import { FOREIGN, GONE, OF_OTHER, OURS, PATH, READ, sent } from './sent.ts';

describe('a Secret that nobody wants', () => {
  const version = { uid: 'uid-of-secret', resourceVersion: '7' };

  test('is deleted unread, as it was seen', async () => {
    expect(await sent({ type: 'delete' }, secret())).toEqual([['delete', PATH, version]]);
  });

  test('that is gone already is no failure', async () => {
    const calls = await sent({ type: 'delete' }, secret(), false, { failure: GONE });
    expect(calls).toEqual([['delete', PATH, version]]);
  });

  test('that cannot be deleted is one', async () => {
    const failure = new KubeError(403, 'Forbidden', 'no');
    await expect(sent({ type: 'delete' }, secret(), false, { failure })).rejects.toBe(failure);
  });

  test('that others share loses what is ours and our marks, at the version that it was read', async () => {
    const shared = secret({ foreignEntries: 'Keep', logins: [OF_OTHER] });
    const calls = await sent({ type: 'delete' }, shared, false, { auths: { ...FOREIGN, ...OURS } });
    expect(calls).toEqual([
      READ,
      [
        'release',
        PATH,
        {
          metadata: expect.objectContaining({ uid: 'uid-of-secret', resourceVersion: '9' }),
          data: { '.dockerconfigjson': encodedConfig(FOREIGN) },
        },
      ],
    ]);
  });

  test.each<[string, Auths | undefined]>([
    ['has nothing of others', OURS],
    ['is empty', {}],
    ['is gone', undefined],
  ])('that others may share, but that %s, is deleted', async (_what, auths) => {
    const shared = secret({ foreignEntries: 'Keep', logins: [OF_OTHER] });
    expect(await sent({ type: 'delete' }, shared, false, { auths })).toEqual([
      READ,
      ['delete', PATH, version],
    ]);
  });
});

describe('a Secret', () => {
  test('that is retained loses our marks, and nothing else', async () => {
    const [[verb, path, body], ...more] = await sent({ type: 'release' }, secret());
    expect([verb, path, Object.keys(body), more]).toEqual(['release', PATH, ['metadata'], []]);
    expect(body.metadata).toMatchObject({ uid: 'uid-of-secret', resourceVersion: '7' });
  });

  test('that is retained, and gone, is no failure', async () => {
    await expect(sent({ type: 'release' }, secret(), false, { failure: GONE })).resolves.toHaveLength(1);
  });

  test.each<[string, SecretAction]>([
    ['kept', { type: 'keep' }],
    ['deleted', { type: 'delete' }],
    ['released', { type: 'release' }],
  ])('that is not there and %s is no work', async (_what, action) => {
    expect(await sent(action, undefined)).toEqual([]);
  });

  test('that is kept is not written to', async () => {
    expect(await sent({ type: 'keep' }, secret())).toEqual([]);
  });
});

test('what is gone needs no deletion, and other errors are thrown', async () => {
  await expect(ignoreNotFound(Promise.reject(GONE))).resolves.toBeUndefined();
  await expect(ignoreNotFound(Promise.reject(new Error('other')))).rejects.toThrow('other');
});
