import { expect, test } from '@jest/globals';
import type { Keys } from '../../../src/ecr/credentials.ts';
import { rememberIdentity } from '../../../src/ecr/remembered-identity.ts';

const FIRST: Keys = { accessKeyId: 'FIRST', secretAccessKey: 's', sessionToken: 't' };
const SECOND: Keys = { accessKeyId: 'SECOND', secretAccessKey: 's' };

/** Answers each question with its number, once `during` has been called with it. */
function trial(during: (question: number) => void = () => undefined) {
  const state = { keys: FIRST, asked: 0 };
  const getCallerIdentity = async () => {
    state.asked += 1;
    const arn = `${state.asked}`;
    during(state.asked);
    return { accountId: '123456789012', arn };
  };
  const identity = rememberIdentity(
    { getCallerIdentity },
    async () => state.keys,
    () => 0,
  );
  return { state, identity };
}

test('of keys that change while AWS is asked, and back again, the answer is not kept', async () => {
  const changes: Keys[] = [SECOND, FIRST];
  const { state, identity } = trial(() => {
    state.keys = changes.shift() ?? state.keys;
  });
  const { keys, identity: found } = await identity.known();
  expect([keys.accessKeyId, found.arn]).toEqual(['FIRST', '3']);
});

test.each<Partial<Keys>>([{ accessKeyId: 'x' }, { secretAccessKey: 'x' }, { sessionToken: 'x' }])(
  'keys with another part are other keys: %j',
  async (change) => {
    const { state, identity } = trial();
    await identity.get();
    await identity.get();
    expect(state.asked).toBe(1);
    state.keys = { ...FIRST, ...change };
    await identity.get();
    expect(state.asked).toBe(2);
  },
);
