import { describe, expect, test } from '@jest/globals';
import { createTokenLanes, TOKENS_AT_ONCE } from '../../../../src/controllers/pull-secret/token-lanes.ts';
import type { Next } from '../../../../src/runtime/controller.ts';

/** Lanes, and tasks that end when they are told to. */
function trial() {
  const turns: string[] = [];
  const lanes = createTokenLanes((id) => void turns.push(id));
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<Next>>();
  const run = (id: string, lane = 'default') =>
    lanes.run(lane, id, () => {
      begun.push(id);
      const end = Promise.withResolvers<Next>();
      ends.set(id, end);
      return end.promise;
    });
  const end = async (id: string) => {
    ends.get(id)?.resolve({});
    await Promise.resolve();
    await Promise.resolve();
  };
  return { turns, begun, run, end, ends };
}

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

describe('the tokens of one Registry', () => {
  test('are asked for a few at a time; the rest comes again by itself, or is called when there is room', async () => {
    const { turns, begun, run, end } = trial();
    const passes = NAMES.map((id) => run(id));
    expect(begun).toEqual(NAMES.slice(0, TOKENS_AT_ONCE));
    expect(await passes[TOKENS_AT_ONCE]).toEqual({ requeueAfterMs: 5_000 });
    await end('a');
    expect(await passes[0]).toEqual({});
    expect(turns).toEqual(['e']);
    void run('e');
    expect(begun).toEqual(['a', 'b', 'c', 'd', 'e']);
    // Whoever came before it was called is not called any more.
    await end('b');
    expect(turns).toEqual(['e', 'f']);
  });

  test('leave the others alone', () => {
    const { begun, run } = trial();
    for (const id of NAMES) void run(id);
    void run('of another', 'other');
    expect(begun).toContain('of another');
  });

  test('make room also when one throws', async () => {
    const { turns, run, ends } = trial();
    const passes = NAMES.map((id) => run(id));
    ends.get('a')?.reject(new Error('AWS says no'));
    await expect(passes[0]).rejects.toThrow('AWS says no');
    expect(turns).toEqual(['e']);
  });

  test('are called as many as there is room for, so that one which is gone by then keeps nobody waiting', async () => {
    const { turns, run, end } = trial();
    for (const id of NAMES) void run(id);
    // Nobody comes when called.
    await end('a');
    await end('b');
    expect(turns).toEqual(['e', 'f', 'g']);
  });

  test('are no more at a time while some are under way and nobody waits', async () => {
    const { begun, run, end } = trial();
    for (const id of NAMES.slice(0, TOKENS_AT_ONCE)) void run(id);
    await end('a');
    for (const id of ['x', 'y', 'z']) void run(id);
    expect(begun).toEqual([...NAMES.slice(0, TOKENS_AT_ONCE), 'x']);
  });

  test('are not called again once they came by themselves', async () => {
    const { turns, begun, run, end } = trial();
    for (const id of NAMES.slice(0, TOKENS_AT_ONCE + 2)) void run(id);
    await end('a');
    expect(turns).toEqual(['e']);
    void run('f');
    expect(begun).toContain('f');
    await end('b');
    await end('c');
    expect(turns).toEqual(['e']);
  });
});
