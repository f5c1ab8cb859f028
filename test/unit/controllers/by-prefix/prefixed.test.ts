import { describe, expect, test } from '@jest/globals';
import {
  hadBefore,
  holderOf,
  type Prefixed,
  prefixOf,
  requireHeld,
  timesOf,
  toDelete,
} from '../../../../src/controllers/by-prefix/prefixed.ts';
import type { RegistryAccess } from '../../../../src/controllers/registry-access.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';
import { registry, stored } from '../objects.ts';

interface Given {
  readonly spec?: Partial<Prefixed['spec']>;
  readonly created?: string;
  readonly holds?: boolean;
}

function object(
  name: string,
  { spec, created = '2026-01-01T00:00:00Z', holds = false }: Given = {},
): Prefixed {
  return {
    metadata: { name, uid: `uid-of-${name}`, resourceVersion: '1', creationTimestamp: created },
    spec: { registryRef: { name: 'default' }, prefix: 'cache', ...spec },
    status: holds ? { declaredHash: 'x', createdAt: '2026-01-02T00:00:00Z' } : {},
  };
}

const registries = stored(
  [
    registry('default'),
    registry('same'),
    registry('elsewhere', { region: 'eu-west-1' }),
    registry('pulled', { access: 'PullOnly' }),
  ],
  ({ metadata }) => metadata.name,
);
const rivals = (...all: Prefixed[]) => ({ all: stored(all, ({ metadata }) => metadata.name), registries });

test('the prefix is the one of the spec, else the name', () => {
  expect(prefixOf(object('a'))).toBe('cache');
  const { prefix: _, ...spec } = object('a').spec;
  expect(prefixOf({ ...object('a'), spec })).toBe('a');
});

describe('the holder of a thing', () => {
  const me = object('me', { created: '2026-02-01T00:00:00Z' });

  test.each<[string, Prefixed, string]>([
    ['an older object', object('other'), 'other'],
    [
      'one through another Registry of the same account and region',
      object('other', { spec: { registryRef: { name: 'same' } } }),
      'other',
    ],
    ['a younger one that has it', object('other', { created: '2026-03-01T00:00:00Z', holds: true }), 'other'],
    ['not one of another prefix', object('other', { spec: { prefix: 'more' } }), 'me'],
    ['not one of another region', object('other', { spec: { registryRef: { name: 'elsewhere' } } }), 'me'],
    [
      'not one whose Registry is not there',
      object('other', { spec: { registryRef: { name: 'gone' } } }),
      'me',
    ],
    [
      'not one that refers to a Registry which is only pulled from',
      object('other', { spec: { registryRef: { name: 'pulled' } } }),
      'me',
    ],
    ['not one that only observes', object('other', { spec: { mode: 'Observe' } }), 'me'],
    ['not a younger one', object('other', { created: '2026-03-01T00:00:00Z' }), 'me'],
  ])('is %s', (_, other, holder) => {
    expect(holderOf(me, rivals(me, other))).toBe(holder);
  });

  test('is each for itself where no Registry is there', () => {
    const gone = { registryRef: { name: 'gone' } };
    const [one, other] = [
      object('me', { spec: gone, created: '2026-02-01T00:00:00Z' }),
      object('o', { spec: gone }),
    ];
    expect(holderOf(one, rivals(one, other))).toBe('me');
  });

  test('is named to the others', () => {
    const failure = () => requireHeld(me, rivals(me, object('other')));
    expect(failure).toThrow(TerminalError);
    expect(failure).toThrow('other declares the prefix cache in 123456789012/us-east-1 too');
  });

  test('does not matter to one that only observes', () => {
    const observer = object('me', { spec: { mode: 'Observe' }, created: '2026-02-01T00:00:00Z' });
    expect(() => requireHeld(observer, rivals(observer, object('other')))).not.toThrow();
  });
});

describe('the way to a deletion', () => {
  const writes: string[] = [];
  const connection = {};
  const access = {
    writable: (name: string) => void writes.push(name),
    connect: async () => connection,
  } as unknown as RegistryAccess;
  const ended = (spec: Partial<Prefixed['spec']>, given: Given = {}) => {
    const one = object('me', { ...given, spec: { deletionPolicy: 'Delete', ...spec } });
    return toDelete(one, access, rivals(one, object('other', { created: '2026-03-01T00:00:00Z' })));
  };

  test('is open to what may have been made and not been written down', async () => {
    expect(await ended({})).toBe(connection);
    expect(writes).toEqual(['default']);
  });

  test.each(['gone', 'pulled'])('is not asked for where nothing can have been made: %s', async (name) => {
    const referring = { registryRef: { name } };
    expect(await ended(referring)).toBeUndefined();
    expect(await ended(referring, { holds: true })).toBe(connection);
  });

  test('is closed to what another object has', async () => {
    expect(await ended({}, { created: '2026-04-01T00:00:00Z' })).toBeUndefined();
  });
});

test.each([
  ['the very thing', object('a', { holds: true }), '2026-01-02T00:00:00.123Z', true],
  ['one that was made anew', object('a', { holds: true }), '2026-01-02T00:00:01Z', false],
  [
    'one that was only observed',
    { ...object('a'), status: { createdAt: '2026-01-02T00:00:00Z' } },
    '2026-01-02T00:00:00Z',
    false,
  ],
])('whether we had it before: %s', (_, one, createdAt, had) => {
  expect(hadBefore(one, { createdAt })).toBe(had);
});

test.each([
  ['no change', undefined, { createdAt: '2026-01-01T00:00:00Z' }],
  ['a change in the same second', '2026-01-01T00:00:00.9Z', { createdAt: '2026-01-01T00:00:00Z' }],
  [
    'a later change',
    '2026-01-01T00:00:05.1Z',
    { createdAt: '2026-01-01T00:00:00Z', updatedAt: '2026-01-01T00:00:05Z' },
  ],
])('the times of a status, with %s', (_, updatedAt, times) => {
  expect(timesOf({ createdAt: '2026-01-01T00:00:00.5Z', ...(updatedAt ? { updatedAt } : {}) })).toEqual(
    times,
  );
});
