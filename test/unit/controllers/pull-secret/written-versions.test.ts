import { describe, expect, test } from '@jest/globals';
import { createWrittenVersions } from '../../../../src/controllers/pull-secret/written-versions.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { NOW } from '../objects.ts';

const KEY = 'team/ecr-pull';

describe('what the cache has not seen of our own writes', () => {
  function trial() {
    const clock = createFakeClock(NOW);
    const written = createWrittenVersions(clock);
    written.remember(KEY, '100');
    return { clock, written };
  }

  test.each<[string, string | undefined, number]>([
    ['is waited for while there is nothing', undefined, 1_000],
    ['is waited for while there is an older version, by numbers', '99', 1_000],
    ['has come with that version', '100', 0],
    ['has come with a later one', '101', 0],
    ['has come with a later one of more digits', '1000', 0],
  ])('%s', (_what, cached, expected) => {
    expect(trial().written.staleMs(KEY, cached)).toBe(expected);
  });

  test('is waited for a second, and then not any more: it may have gone again', () => {
    const { clock, written } = trial();
    clock.advance(999);
    expect(written.staleMs(KEY, '99')).toBe(1);
    clock.advance(1);
    expect(written.staleMs(KEY, '99')).toBe(0);
  });

  test('is not waited for again once it was seen', () => {
    const { written } = trial();
    written.staleMs(KEY, '100');
    expect(written.staleMs(KEY, undefined)).toBe(0);
  });

  test('is that of the last write', () => {
    const { clock, written } = trial();
    clock.advance(500);
    written.remember(KEY, '200');
    expect(written.staleMs(KEY, '150')).toBe(1_000);
  });

  test('is nothing of other keys, nor of those that were forgotten', () => {
    const { written } = trial();
    expect(written.staleMs('team/other', undefined)).toBe(0);
    written.forget(KEY);
    expect(written.staleMs(KEY, undefined)).toBe(0);
  });
});
