import { describe, expect, test } from '@jest/globals';
import { type Spec, trial } from './repository-trial.ts';

describe('a Repository that is being deleted', () => {
  const kept = async (spec: Spec = {}) => {
    const one = trial();
    await one.pass(spec);
    one.calls.length = 0;
    return one;
  };

  test.each<[string, Spec]>([
    ['says nothing', {}],
    ['says Retain', { deletionPolicy: 'Retain' }],
    ['says so and is suspended', { deletionPolicy: 'Retain', suspend: true }],
    ['only observes', { deletionPolicy: 'DeleteWithImages', mode: 'Observe' }],
    ['only observes and is suspended', { deletionPolicy: 'Delete', mode: 'Observe', suspend: true }],
  ])('leaves ECR alone where it %s', async (_what, spec) => {
    const one = await kept();
    expect(await one.finalize(spec)).toBe('released');
    expect([one.calls, one.held('web').name]).toEqual([[], 'web']);
  });

  test.each(['Delete', 'DeleteWithImages'] as const)('is deleted in ECR where it says %s', async (word) => {
    const one = await kept();
    expect(await one.finalize({ deletionPolicy: word })).toBe('released');
    expect(one.repository('web')).toBeUndefined();
  });

  test('is held back while it is suspended, and says how to go on', async () => {
    const one = await kept();
    await expect(one.finalize({ deletionPolicy: 'Delete', suspend: true })).rejects.toMatchObject({
      name: 'TerminalError',
      reason: 'Suspended',
      message: expect.stringContaining('deletionPolicy: Delete would extend to ECR'),
    });
    expect(one.calls).toEqual([]);
  });

  test('is held back by images, but for the word that takes them along', async () => {
    const one = await kept();
    one.addImage('web', { digest: `sha256:${'1'.repeat(64)}` });
    await expect(one.finalize({ deletionPolicy: 'Delete' })).rejects.toMatchObject({
      reason: 'RepositoryNotEmpty',
    });
    expect(await one.finalize({ deletionPolicy: 'DeleteWithImages' })).toBe('released');
    expect(one.repository('web')).toBeUndefined();
  });
});
