import { describe, expect, test } from '@jest/globals';
import { type ExternalResource, reconcileExternal } from '../../../src/controllers/external-resource.ts';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';

interface Action {
  readonly type: string;
  readonly fails?: Error;
}

interface Trial {
  readonly resource: ExternalResource<string, Action, { readonly held: string }>;
  readonly applied: string[];
}

/** Holds a text, to which each action adds its name. */
function trial(actions: readonly Action[]): Trial {
  const applied: string[] = [];
  return {
    applied,
    resource: {
      observe: async () => 'first',
      plan: () => actions,
      essential: ({ type }) => type === 'CreateThing' || type === 'ClaimThing',
      async apply({ type, fails }, observed) {
        applied.push(type);
        if (fails) throw fails;
        return `${observed}+${type}`;
      },
      describe: ({ type }, observed) => `${type} over ${observed}`,
      status: (held) => ({ held }),
    },
  };
}

function object(synced?: { readonly status: 'True' | 'False'; readonly observedGeneration: number }) {
  const metadata = { name: 'web', uid: 'u', resourceVersion: '1', generation: 2 };
  const condition = { type: 'Synced', reason: 'x', message: 'x', lastTransitionTime: 'x', ...synced };
  return synced ? { metadata, status: { conditions: [condition as never] } } : { metadata };
}

const SYNCED = { type: 'Synced', status: 'True', reason: 'Synced', message: 'ECR holds what is declared' };

describe('a reconciliation of something at AWS', () => {
  test('writes nothing and tells nothing where all is as declared', async () => {
    expect(await reconcileExternal(object(), trial([]).resource)).toEqual({
      status: { held: 'first' },
      conditions: [SYNCED],
      happenings: [],
    });
  });

  test.each([
    ['Created', 'made for the first time', undefined, ['CreateThing', 'PutMore']],
    ['Updated', 'never synced before', undefined, ['PutThing', 'PutMore']],
    ['Updated', 'of a new generation', { status: 'True', observedGeneration: 1 }, ['PutThing', 'PutMore']],
    ['Updated', 'that failed before', { status: 'False', observedGeneration: 2 }, ['PutThing', 'PutMore']],
    [
      'DriftMended',
      'that was as declared',
      { status: 'True', observedGeneration: 2 },
      ['PutThing', 'PutMore'],
    ],
  ] as const)('says %s of something %s', async (reason, _what, synced, types) => {
    const { resource } = trial(types.map((type) => ({ type })));
    expect(await reconcileExternal(object(synced), resource)).toEqual({
      status: { held: `first+${types.join('+')}` },
      conditions: [SYNCED],
      happenings: [{ type: 'Normal', reason, message: types.map((type) => `${type} over first`).join('; ') }],
    });
  });
});

test.each([
  ['Updated', true],
  ['DriftMended', false],
])('says %s where something else is declared than at the last pass: %s', async (reason, redeclared) => {
  const { resource } = trial([{ type: 'PutThing' }]);
  const synced = object({ status: 'True', observedGeneration: 2 });
  expect(await reconcileExternal(synced, { ...resource, redeclared })).toMatchObject({
    happenings: [{ reason }],
  });
});

describe('an action that fails', () => {
  const terminal = new TerminalError('InvalidParameter', 'never');
  const other = new TerminalError('QuotaExceeded', 'never either');
  const retryable = new RetryableError('Throttled', 'later');

  test.each<[string, readonly Action[], readonly string[], Error]>([
    ['keeps none of the others back', [{ type: 'A', fails: terminal }, { type: 'B' }], ['B'], terminal],
    [
      'is reported even if others worked after it',
      [{ type: 'A' }, { type: 'B', fails: retryable }, { type: 'C' }],
      ['A', 'C'],
      retryable,
    ],
    [
      'that a retry mends goes before one that none does',
      [{ type: 'A', fails: terminal }, { type: 'B', fails: retryable }, { type: 'C' }],
      ['C'],
      retryable,
    ],
    [
      'is the first of several of a kind',
      [{ type: 'A' }, { type: 'B', fails: terminal }, { type: 'C', fails: other }],
      ['A'],
      terminal,
    ],
  ])('%s, and what was done is told', async (_what, actions, done, failure) => {
    const { resource, applied } = trial(actions);
    const outcome = await reconcileExternal(object(), resource);
    expect(outcome).toEqual({
      status: { held: ['first', ...done].join('+') },
      happenings: [
        { type: 'Normal', reason: 'Updated', message: done.map((type) => `${type} over first`).join('; ') },
      ],
      failure,
    });
    expect('failure' in outcome && outcome.failure).toBe(failure);
    expect(applied).toEqual(actions.map(({ type }) => type));
  });

  test('alone has nothing to tell', async () => {
    expect(await reconcileExternal(object(), trial([{ type: 'A', fails: terminal }]).resource)).toEqual({
      status: { held: 'first' },
      happenings: [],
      failure: terminal,
    });
  });

  test.each(['CreateThing', 'ClaimThing'])('and is essential stops everything: %s', async (type) => {
    const { resource, applied } = trial([{ type, fails: terminal }, { type: 'B' }]);
    await expect(reconcileExternal(object(), resource)).rejects.toBe(terminal);
    expect(applied).toEqual([type]);
  });
});
