import { describe, expect, test } from '@jest/globals';
import type { RepositoryStatus } from '../../../../src/api/repository.generated.ts';
import type { Changes } from '../../../../src/controllers/external-resource.ts';
import { declaredHash } from '../../../../src/controllers/repository/desired.ts';
import { heldBefore, repositoryFields } from '../../../../src/controllers/repository/fields.ts';
import { grantStatements } from '../../../../src/ecr/grants.ts';
import { FULL, HELD } from './plan-objects.ts';

const NOW = Date.UTC(2026, 0, 2);
const AT = '2026-01-02T00:00:00Z';
const NONE: Changes = { reason: 'Updated', words: [] };

function fields(changes: Changes, previous?: RepositoryStatus, more: object = {}) {
  return repositoryFields({
    previous,
    desired: FULL,
    observed: HELD,
    className: undefined,
    preview: undefined,
    changes,
    now: NOW,
    ...more,
  });
}

describe('the status of a Repository', () => {
  test('says what ECR holds, and what we put', () => {
    expect(fields(NONE)).toEqual({
      arn: HELD.live.arn,
      uri: HELD.live.uri,
      registryId: '123456789012',
      createdAt: '2026-01-01T00:00:00Z',
      managedTagKeys: ['cost', 'owner'],
      declaredHash: declaredHash(FULL),
    });
  });

  test('names the class that is in effect', () => {
    expect(fields(NONE, undefined, { className: 'standard' }).className).toBe('standard');
  });

  test('claims no tags where it only observes', () => {
    expect(fields({ reason: 'DriftObserved', words: [] }).managedTagKeys).toEqual([]);
  });
});

test.each([
  ['a pass that only observes remembers nothing that it put in place', 'DriftObserved', undefined],
  ['a pass that mends remembers what was declared', 'DriftMended', declaredHash(FULL)],
] as const)('%s', (_what, reason, hash) => {
  expect(fields({ reason, words: [] }, { declaredHash: 'old' }).declaredHash).toBe(hash);
});

test('a policy that is refused is told as long as it is', () => {
  const refusedPolicy = { document: 'hash', since: AT };
  expect(fields(NONE, undefined, { refusedPolicy }).refusedPolicy).toEqual(refusedPolicy);
  expect(fields(NONE, { refusedPolicy })).not.toHaveProperty('refusedPolicy');
});

describe('statements that we put', () => {
  const statements = grantStatements(
    [{ name: 'a', access: 'Pull', to: { accounts: ['111122223333'] } }],
    'aws',
  );
  const [{ Sid }] = statements as [(typeof statements)[number]];
  const { policy: _, ...desired } = { ...FULL, statements };
  const policy = `{"Statement":[{"Sid":"${Sid}"},{"Sid":"gone"}]}`;

  test.each<[string, object, RepositoryStatus | undefined, readonly string[] | undefined]>([
    ['are remembered where they are there', { desired, observed: { ...HELD, policy } }, undefined, [Sid]],
    [
      'are not, where they could not be put',
      { desired, observed: { ...HELD, policy: '{}' } },
      undefined,
      undefined,
    ],
    [
      'are remembered until they are gone, when nobody wants them any more',
      { desired: { ...desired, statements: [] }, observed: { ...HELD, policy } },
      { managedStatements: ['gone', 'went'] },
      ['gone'],
    ],
    [
      'stay remembered where the policy was not looked at',
      { desired: { ...desired, statements: undefined } },
      { managedStatements: ['x'] },
      ['x'],
    ],
    ['are nobody’s beside a policy document', {}, { managedStatements: ['x'] }, undefined],
  ])('%s', (_what, more, previous, expected) => {
    expect(fields(NONE, previous, more).managedStatements).toEqual(expected);
  });
});

describe('what others changed', () => {
  const old = { at: '2026-01-01T00:00:00Z', what: 'old', mended: true };

  test('is told, the newest first, ten at most', () => {
    const before = Array.from({ length: 10 }, (_, index) => ({ ...old, what: `old ${index}` }));
    const { drift = [] } = fields({ reason: 'DriftMended', words: ['a', 'b'] }, { drift: before });
    expect(drift.length).toBe(10);
    expect(drift.slice(0, 3)).toEqual([
      { at: AT, what: 'a', mended: true },
      { at: AT, what: 'b', mended: true },
      { ...old, what: 'old 0' },
    ]);
  });

  test.each(['Created', 'Updated'] as const)('is not what the spec changed: %s', (reason) => {
    expect(fields({ reason, words: ['a'] }, { drift: [old] }).drift).toEqual([old]);
  });

  test('that is only observed keeps its time while it lasts, and goes with it', () => {
    const first = fields({ reason: 'DriftObserved', words: ['a'] }, { drift: [old] }).drift ?? [];
    expect(first).toEqual([{ at: AT, what: 'a', mended: false }, old]);
    const later = { previous: { drift: first }, now: NOW + 3_600_000 };
    const words = ['b', 'a'];
    expect(fields({ reason: 'DriftObserved', words }, undefined, later).drift).toEqual([
      { at: '2026-01-02T01:00:00Z', what: 'b', mended: false },
      { at: AT, what: 'a', mended: false },
      old,
    ]);
    expect(fields(NONE, undefined, later).drift).toEqual([old]);
  });

  test('is cut where the status has no room for it', () => {
    const { drift } = fields({ reason: 'DriftMended', words: ['x'.repeat(2_000)] });
    expect(drift?.[0]?.what.length).toBe(1_024);
  });

  test('is what the API server gives back, also where a character is cut in two', () => {
    const observed = (previous?: RepositoryStatus) =>
      fields({ reason: 'DriftObserved', words: [`${'x'.repeat(1_023)}😀`] }, previous, {
        now: previous ? NOW + 3_600_000 : NOW,
      }).drift ?? [];
    const first = observed();
    // A lone half of a character comes back as U+FFFD.
    const drift = first.map((one) => ({ ...one, what: one.what.toWellFormed() }));
    expect(observed({ drift })).toEqual(drift);
  });
});

test.each([
  ['the very repository', {}, true],
  ['one that was made anew under the name', { createdAt: '2026-01-01T00:00:01Z' }, false],
  ['another ARN', { arn: 'arn:other' }, false],
  ['one that was only observed', { managedTagKeys: ['team'] }, false],
  ['one that was only observed', { managedTagKeys: [] }, false],
  ['one that had other tags of ours alone', { managedTagKeys: ['cost'] }, false],
])('what the status says that we had: %s', (_what, more, expected) => {
  const managedTagKeys = ['cost', 'ecr-operator.io/owner'];
  const status = { arn: HELD.live.arn, createdAt: '2026-01-01T00:00:00Z', managedTagKeys, ...more };
  expect([heldBefore(status, HELD), heldBefore(undefined, HELD)]).toEqual([expected, false]);
});
