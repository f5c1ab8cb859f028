import { describe, expect, test } from '@jest/globals';
import type { ImageUsage } from '../../../../src/controllers/image-usage/image-usage.ts';
import { TerminalError } from '../../../../src/runtime/errors.ts';
import { NOW } from '../objects.ts';
import { taken } from './preview-trial.ts';
import { type Given, lifecycle, syncedOf, trial } from './repository-trial.ts';

describe('a lifecycle policy that is previewed', () => {
  const kept = async (given: Given = {}) => {
    const one = trial(given);
    await one.pass();
    for (const [index, tag] of ['old', 'new'].entries()) {
      const pushedAt = new Date(NOW - (2 - index) * 86_400_000);
      one.addImage('web', { digest: `sha256:${String(index).repeat(64)}`, tags: new Set([tag]), pushedAt });
    }
    one.calls.length = 0;
    return one;
  };

  test('is asked about first, while the other settings are put, and put when the answer is there', async () => {
    const one = await kept();
    const spec = { lifecycle: lifecycle(1, 'Report'), scanOnPush: true };
    const first = await one.pass(spec);
    expect(syncedOf(first)).toEqual(['Synced Unknown PreviewRunning']);
    expect(first).toMatchObject({
      requeueAfterMs: 5_000,
      happenings: [{ message: 'scanOnPush from false to true' }],
    });
    expect(one.writes()).toEqual(['PutImageScanningConfiguration', 'StartLifecyclePolicyPreview']);
    one.later(5_000);
    const second = await one.pass(spec);
    expect(syncedOf(second)).toEqual(['Synced True Synced']);
    expect(second.status?.preview).toMatchObject({ expiring: 1, examples: ['old'] });
    expect(one.held('web').lifecycle?.text).toContain('"countNumber":1');
  });

  test('is not asked about for a repository that was made just now, and without the word', async () => {
    const one = trial();
    await one.pass({ lifecycle: lifecycle(1, 'Report') });
    expect(one.writes()).toEqual(['CreateRepository', 'PutLifecyclePolicy']);
    const other = await kept();
    const outcome = await other.pass({ lifecycle: lifecycle(1) });
    expect(other.calls).not.toContain('GetLifecyclePolicyPreview');
    expect(outcome.status).not.toHaveProperty('preview');
  });

  test('tells of its preview as long as previews are wanted, and no longer', async () => {
    const one = await kept();
    const spec = { lifecycle: lifecycle(1, 'Report') };
    await one.pass(spec);
    await one.pass(spec);
    expect((await one.pass(spec)).status?.preview).toMatchObject({ expiring: 1 });
    expect((await one.pass({ lifecycle: lifecycle(1) })).status).not.toHaveProperty('preview');
  });

  test('is kept back while somebody uses what would go, whom it names', async () => {
    const asked: unknown[] = [];
    const usersOf: ImageUsage['usersOf'] = async (used, pages) => {
      asked.push(used);
      return (await taken(pages)).map(({ tags }) => ({ image: tags[0] ?? '', user: 'Pod team/web-0' }));
    };
    const one = await kept({ imageUsage: { usersOf } });
    const spec = { lifecycle: lifecycle(1, 'Block') };
    await one.pass(spec);
    const outcome = await one.pass(spec);
    expect(outcome.failure).toMatchObject({
      reason: 'LifecycleBlocked',
      message: expect.stringContaining('old (Pod team/web-0)'),
    });
    expect(outcome.status?.preview).toMatchObject({ inUse: ['old (Pod team/web-0)'] });
    expect(asked).toEqual([
      { accountId: '123456789012', region: 'us-east-1', name: 'web', namespace: 'team' },
    ]);
    one.lanes.length = 0;
    await one.pass(spec);
    expect(one.lanes).toContain('sweep');
    expect(one.held('web').lifecycle).toBeUndefined();
  });

  test('is never put where nobody may find out who uses what', async () => {
    const one = await kept();
    const outcome = await one.pass({ lifecycle: lifecycle(1, 'Block') });
    expect(outcome.failure).toMatchObject({ reason: 'ImageUsageNotConfigured' });
    expect(one.writes()).toEqual([]);
  });

  test('does not wait an hour for a setting that AWS refuses', async () => {
    const failure = new TerminalError('InvalidParameter', 'never');
    const one = await kept({ broken: { putImageScanningConfiguration: () => Promise.reject(failure) } });
    const outcome = await one.pass({ lifecycle: lifecycle(1, 'Report'), scanOnPush: true });
    expect(outcome.failure).toMatchObject({ reason: 'InvalidParameter', recheckAfterMs: 5_000 });
    expect(outcome.status?.preview).toHaveProperty('startedAt');
  });
});
