import { describe, expect, test } from '@jest/globals';
import { registryAccess } from '../../../src/controllers/registry-access.ts';
import type { Connection, Connections } from '../../../src/ecr/connection.ts';
import { TerminalError } from '../../../src/runtime/errors.ts';
import { namespace, registry, thrownBy, worldOf } from './objects.ts';

function access(things: Parameters<typeof worldOf>[0], connection: Partial<Connection> = {}) {
  const connections = { to: () => connection } as unknown as Connections;
  return registryAccess({ ...worldOf(things), connections });
}

describe('a Registry that is referred to', () => {
  test('is found by its name', () => {
    const there = registry('prod');
    const { find, registry: get, writable } = access({ registries: [there] });
    expect([find('prod'), get('prod'), writable('prod'), find('test')]).toEqual([
      there,
      there,
      there,
      undefined,
    ]);
  });

  test('but is not there is waited for', () => {
    expect(thrownBy(() => access({}).registry('test'))).toEqual([
      'RetryableError',
      'RegistryNotFound',
      'there is no Registry test: make it, or refer to one of kubectl get ecrreg',
    ]);
  });

  test('and is suspended is not written to, but still read', () => {
    const there = registry('prod', { suspend: true });
    const { registry: get, writable } = access({ registries: [there] });
    expect([get('prod'), thrownBy(() => writable('prod'))]).toEqual([
      there,
      ['TerminalError', 'RegistrySuspended', 'Registry prod is suspended: nothing is written to ECR'],
    ]);
  });

  test('and is only pulled from is never written to, suspended or not', () => {
    const registries = [
      registry('shared', { access: 'PullOnly' }),
      registry('both', { access: 'PullOnly', suspend: true }),
    ];
    const { registry: get, writable } = access({ registries });
    expect([get('shared'), thrownBy(() => writable('shared')), thrownBy(() => writable('both'))]).toEqual([
      registries[0],
      [
        'TerminalError',
        'RegistryPullOnly',
        'Registry shared has access PullOnly, and nothing is ever written to it: refer to a Registry that has access Manage',
      ],
      ['TerminalError', 'RegistryPullOnly', expect.stringContaining('Registry both has access PullOnly')],
    ]);
  });

  test('is not connected to before the account is checked', async () => {
    const mismatch = new TerminalError('AccountMismatch', 'no');
    const verify = async () => {
      throw mismatch;
    };
    await expect(access({}, { verify }).connect(registry())).rejects.toBe(mismatch);
  });
});

describe('tenancy', () => {
  const guarded = registry('prod', {
    tenancy: {
      rules: [
        { namespaceSelector: { matchLabels: { team: 'a' } }, allow: ['Create'] },
        {
          namespaceSelector: { matchExpressions: [{ key: 'guest', operator: 'DoesNotExist' }] },
          allow: ['Adopt'],
        },
      ],
    },
  });
  const namespaces = [
    namespace('a', { labels: { team: 'a' } }),
    namespace('b'),
    namespace('g', { labels: { guest: '' } }),
  ];
  const { require } = access({ namespaces });

  test.each([
    ['a', 'Create'],
    ['a', 'Adopt'],
    ['b', 'Adopt'],
  ] as const)('lets %s have %s by its labels', (name, word) => {
    expect(require(guarded, [word], { namespace: name })).toBeUndefined();
  });

  test.each([
    ['b', 'Create'],
    ['g', 'Adopt'],
  ] as const)('refuses %s the word %s', (name, word) => {
    expect(thrownBy(() => require(guarded, [word], { namespace: name }))).toEqual([
      'TerminalError',
      'TenancyDenied',
      `namespace ${name} lacks the word ${word} for every repository: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry prod that allows it`,
    ]);
  });

  test('is content with any of several words, and names the first where none is allowed', () => {
    expect(require(guarded, ['Create', 'Adopt'], { namespace: 'b' })).toBeUndefined();
    expect(thrownBy(() => require(guarded, ['Share', 'DeleteImages'], { namespace: 'a' }))).toEqual([
      'TerminalError',
      'TenancyDenied',
      expect.stringContaining('namespace a lacks the word Share'),
    ]);
  });

  test('lets nothing through for a namespace whose labels are not known yet', () => {
    expect(thrownBy(() => require(guarded, ['Adopt'], { namespace: 'new' }))).toEqual([
      'RetryableError',
      'NamespaceNotSeen',
      'the labels of namespace new, which decide over its rights, are not known yet',
    ]);
  });
});
