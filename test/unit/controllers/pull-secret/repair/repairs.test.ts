import { describe, expect, test } from '@jest/globals';
import { createRepairs } from '../../../../../src/controllers/pull-secret/repair/repairs.ts';
import { createFakeClock } from '../../../fake-clock.ts';
import { ATTACHED, HOUR, pod, SECOND } from './repair-objects.ts';

function numbered(index: number) {
  return pod({ name: `web-${index}`, uid: `u${index}` });
}

describe('a Pod is deleted', () => {
  test('three seconds after it was first seen to need it, however often it is looked at', () => {
    const clock = createFakeClock(ATTACHED);
    const repairs = createRepairs(clock);
    expect(repairs.dueAt(pod())).toBe(ATTACHED + 3 * SECOND);
    clock.advance(2 * SECOND);
    expect(repairs.dueAt(pod({ resourceVersion: '10' }))).toBe(ATTACHED + 3 * SECOND);
  });

  test('after the same time again, where it was left alone meanwhile or has another uid', () => {
    const clock = createFakeClock(ATTACHED);
    const repairs = createRepairs(clock);
    repairs.dueAt(pod());
    clock.advance(SECOND);
    repairs.cancel(pod());
    expect(repairs.dueAt(pod())).toBe(ATTACHED + 4 * SECOND);
    clock.advance(SECOND);
    expect(repairs.dueAt(pod({ uid: 'another' }))).toBe(ATTACHED + 5 * SECOND);
  });

  test('at most twenty times in a second', () => {
    const repairs = createRepairs(createFakeClock(ATTACHED));
    const times = Array.from({ length: 100 }, (_, index) => repairs.dueAt(numbered(index)) - ATTACHED);
    expect(times).toEqual(times.map((_, index) => 3_000 + 50 * index));
  });

  test('as soon as ever where the clock was set back', () => {
    let now = ATTACHED + HOUR;
    const repairs = createRepairs({ now: () => now });
    repairs.dueAt(numbered(1));
    now = ATTACHED;
    expect([numbered(1), numbered(2)].map(repairs.dueAt)).toEqual([ATTACHED + 3_000, ATTACHED + 3_050]);
  });
});

describe('a deleted Pod', () => {
  test('is known for it until it is gone, whatever is said meanwhile', () => {
    const repairs = createRepairs(createFakeClock(ATTACHED));
    repairs.done(pod(), 'ecr-pull', []);
    repairs.cancel(pod());
    expect([repairs.isDone(pod()), repairs.isDone(pod({ uid: 'another' }))]).toEqual([true, false]);
    repairs.forget('team/web-1');
    expect(repairs.isDone(pod())).toBe(false);
  });

  test('speaks for those of its controller that lack the Secret, until one comes with it', () => {
    const repairs = createRepairs(createFakeClock(ATTACHED));
    const at = (createdAt: number, more = {}) => pod({ createdAt: ATTACHED + createdAt, ...more });
    const other = { controller: { kind: 'Job', uid: 'other' } };
    repairs.done(at(1), 'ecr-pull', [
      at(1),
      at(3),
      at(2),
      at(4, { pullSecrets: ['ecr-pull'] }),
      at(5, other),
    ]);
    repairs.done(at(2), 'ecr-pull', [at(2), at(9)]);
    repairs.see(at(10, { pullSecrets: ['second'] }));
    expect([
      repairs.triedUntil(pod(), 'ecr-pull'),
      repairs.triedUntil(pod(), 'second'),
      repairs.triedUntil(pod(other), 'ecr-pull'),
    ]).toEqual([ATTACHED + 3, undefined, undefined]);
    repairs.see(at(10, { pullSecrets: ['a', 'ecr-pull'] }));
    expect(repairs.triedUntil(pod(), 'ecr-pull')).toBeUndefined();
  });

  test('is forgotten for its controller when ten thousand others came', () => {
    const repairs = createRepairs(createFakeClock(ATTACHED));
    const of = (uid: number) => pod({ uid: `u${uid}`, controller: { kind: 'Job', uid: `${uid}` } });
    for (let index = 0; index <= 10_000; index += 1) repairs.done(of(index), 'ecr-pull', []);
    const known = [0, 1, 10_000].map((uid) => repairs.triedUntil(of(uid), 'ecr-pull') !== undefined);
    expect(known).toEqual([false, true, true]);
  });
});
