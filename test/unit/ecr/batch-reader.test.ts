import { expect, test } from '@jest/globals';
import { createBatchReader } from '../../../src/ecr/batch-reader.ts';
import { createFakeClock, settled } from '../fake-clock.ts';

/** A reader of three names at most, which remembers its calls; `absent` has no answer. */
function given(read?: () => Promise<never>) {
  const clock = createFakeClock();
  const calls: (readonly string[])[] = [];
  const reader = createBatchReader<string>({
    read: async (names) => {
      calls.push(names);
      await read?.();
      return new Map(names.filter((name) => name !== 'absent').map((name) => [name, `of ${name}`]));
    },
    most: 3,
    waitMs: 100,
    clock,
  });
  return { clock, calls, reader };
}

test('one call answers all who ask within the wait, each name once', async () => {
  const { clock, calls, reader } = given();
  const answers = [reader('a'), reader('absent'), reader('a')];
  clock.advance(99);
  expect(calls).toEqual([]);
  clock.advance(1);
  expect(await Promise.all(answers)).toEqual(['of a', undefined, 'of a']);
  expect(calls).toEqual([['a', 'absent']]);
});

test('a full call does not wait, and leaves no timer', async () => {
  const { clock, calls, reader } = given();
  const answers = ['a', 'b', 'c', 'd'].map(reader);
  expect(await Promise.all(answers.slice(0, 3))).toEqual(['of a', 'of b', 'of c']);
  expect(calls).toEqual([['a', 'b', 'c']]);
  expect(clock.pending()).toEqual([100]);
  clock.advance(100);
  expect(await answers[3]).toBe('of d');
  expect(calls).toEqual([['a', 'b', 'c'], ['d']]);
});

test('a failure is that of everybody who waited, and of nobody after', async () => {
  let fails = true;
  const { clock, calls, reader } = given(async () => {
    if (fails) throw new Error('denied');
    return undefined as never;
  });
  const answers = Promise.allSettled([reader('a'), reader('b')]);
  clock.advance(100);
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  const next = reader('a');
  await settled();
  clock.advance(100);
  expect(await next).toBe('of a');
  expect(calls).toEqual([['a', 'b'], ['a']]);
});
