import { describe, expect, test } from '@jest/globals';
import {
  type Changes,
  type ExternalResource,
  reconcileExternal,
  Waiting,
  worstOf,
} from '../../../src/controllers/external-resource.ts';
import { RetryableError, TerminalError } from '../../../src/runtime/errors.ts';

interface Action {
  readonly type: string;
  readonly fails?: Error;
}

const OBJECT = { metadata: { name: 'web', uid: 'u', resourceVersion: '1', generation: 1 } };
const CONDITION = {
  type: 'Synced',
  status: 'True',
  reason: 'Synced',
  message: 'x',
  lastTransitionTime: 'x',
} as const;
const SYNCED = { ...OBJECT, status: { conditions: [{ ...CONDITION, observedGeneration: 1 }] } };

/** Holds a text, to which each action adds its name, and tells in its status what it was told of the pass. */
function trial(actions: readonly Action[], more: { readonly observeOnly?: boolean } = {}) {
  const applied: string[] = [];
  const resource: ExternalResource<string, Action, { readonly held: string } & Changes> = {
    ...more,
    observe: async () => 'first',
    plan: () => actions,
    essential: ({ type }) => type.startsWith('Create'),
    async apply({ type, fails }, observed) {
      applied.push(type);
      if (fails) throw fails;
      return `${observed}+${type}`;
    },
    describe: ({ type }, observed) => `${type} over ${observed}`,
    status: (held, changes) => ({ held, ...changes }),
  };
  return { applied, resource };
}

describe('what is only observed', () => {
  test('and is as declared is synced, and nothing happens', async () => {
    const { resource, applied } = trial([], { observeOnly: true });
    expect(await reconcileExternal(OBJECT, resource)).toEqual({
      status: { held: 'first', reason: 'DriftObserved', words: [] },
      conditions: [
        {
          type: 'Synced',
          status: 'True',
          reason: 'Synced',
          message: 'ECR holds what is declared, and mode: Observe writes nothing',
        },
      ],
    });
    expect(applied).toEqual([]);
  });

  test.each([
    ['that was as declared', SYNCED],
    ['of which nothing was known', OBJECT],
  ])('and differs is told, each difference, and nothing is written: one %s', async (_what, object) => {
    const { resource, applied } = trial([{ type: 'CreateThing' }, { type: 'PutMore' }], {
      observeOnly: true,
    });
    const words = ['CreateThing over first', 'PutMore over first'];
    expect(await reconcileExternal(object, resource)).toEqual({
      status: { held: 'first', reason: 'DriftObserved', words },
      conditions: [
        {
          type: 'Synced',
          status: 'False',
          reason: 'DriftObserved',
          message: `ECR differs, and mode: Observe writes nothing: ${words.join('; ')}`,
        },
      ],
      stalled: true,
    });
    expect(applied).toEqual([]);
  });

  test.each(['observe', 'plan'] as const)(
    'fails as a whole where it cannot be compared: %s',
    async (step) => {
      const failure = new RetryableError('AccessDenied', 'no');
      const { resource } = trial([], { observeOnly: true });
      const failing = () => {
        throw failure;
      };
      await expect(reconcileExternal(OBJECT, { ...resource, [step]: failing })).rejects.toBe(failure);
    },
  );
});

const waiting = new Waiting({ reason: 'PreviewRunning', message: 'ECR is asked' }, 5_000);
const throttled = new RetryableError('Throttled', 'later');
const denied = new RetryableError('AccessDenied', 'no');
const invalid = new TerminalError('InvalidParameter', 'never', { occurrence: 'request id 1' });
const blocked = new TerminalError('LifecycleBlocked', 'in use', { recheckAfterMs: 180_000 });

describe('an action that waits', () => {
  const last = { type: 'Last' };

  test('is no failure: the others are done, and it is tried again in time', async () => {
    const { resource, applied } = trial([{ type: 'First' }, { type: 'Put', fails: waiting }, last]);
    expect(await reconcileExternal(SYNCED, resource)).toEqual({
      status: {
        held: 'first+First+Last',
        reason: 'DriftMended',
        words: ['First over first', 'Last over first'],
      },
      happenings: [{ type: 'Normal', reason: 'DriftMended', message: 'First over first; Last over first' }],
      conditions: [{ type: 'Synced', status: 'Unknown', reason: 'PreviewRunning', message: 'ECR is asked' }],
      requeueAfterMs: 5_000,
    });
    expect(applied).toEqual(['First', 'Put', 'Last']);
  });

  test('alone has nothing happen', async () => {
    expect(await reconcileExternal(OBJECT, trial([{ type: 'Put', fails: waiting }]).resource)).toMatchObject({
      status: { held: 'first', words: [] },
      happenings: [],
      requeueAfterMs: 5_000,
    });
  });

  test.each([
    ['before it', [{ type: 'A', fails: throttled }, { type: 'Put', fails: waiting }, last]],
    ['after it', [{ type: 'Put', fails: waiting }, { type: 'A', fails: throttled }, last]],
  ])('is not told where another fails %s', async (_where, actions) => {
    const outcome = await reconcileExternal(OBJECT, trial(actions).resource);
    expect(outcome).toEqual({
      status: { held: 'first+Last', reason: 'Updated', words: ['Last over first'] },
      happenings: [{ type: 'Normal', reason: 'Updated', message: 'Last over first' }],
      failure: throttled,
    });
  });
});

describe('of several failures', () => {
  test.each<[string, readonly unknown[], unknown]>([
    ['none is none', [], undefined],
    ['one that only waits is told where nothing fails', [waiting], waiting],
    ['the one that waits least is told', [new Waiting(waiting, 30_000), waiting], waiting],
    ['one that a retry mends goes before those that wait', [waiting, throttled], throttled],
    ['one that a retry mends goes before a final one', [invalid, waiting, throttled, denied], throttled],
    ['the first of the final ones is told', [invalid, new TerminalError('Other', 'x')], invalid],
    ['what is thrown in no form of ours is retried', [invalid, 'x'], 'x'],
  ])('%s', (_what, failures, worst) => {
    expect(worstOf(failures)).toBe(worst);
  });

  test.each<[string, readonly unknown[], number]>([
    ['as soon as what waits asks for it', [invalid, waiting], 5_000],
    ['whichever comes first', [waiting, invalid], 5_000],
    ['as soon as another final one asks for it', [invalid, blocked], 180_000],
    ['as soon as any asks for it', [invalid, blocked, waiting], 5_000],
  ])('the final one that is told is looked at again %s', (_what, failures, recheckAfterMs) => {
    const worst = worstOf(failures);
    expect(worst).toBeInstanceOf(TerminalError);
    expect(worst).toMatchObject({
      reason: 'InvalidParameter',
      message: 'never',
      occurrence: 'request id 1',
      recheckAfterMs,
      cause: invalid,
    });
  });
});
