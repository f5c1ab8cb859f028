import { describe, expect, test } from '@jest/globals';
import type { Claim } from '../../../../src/controllers/pull-secret/claims.ts';
import { createRotationRequests } from '../../../../src/controllers/pull-secret/requests.ts';
import { NOW } from '../objects.ts';
import { cluster, own } from './pull-objects.ts';

function asking(value: string | undefined, answered?: string): Claim {
  const annotations = value === undefined ? {} : { 'ecr-operator.io/rotate-requested-at': value };
  const { object } = cluster('all', {}, { annotations });
  const rotation = { request: answered ?? '', at: '2026-01-01T00:00:00Z' };
  return {
    kind: 'ClusterPullSecret',
    object: { ...object, ...(answered ? { status: { rotation } } : {}) },
  } as Claim;
}

describe('a request for a rotation', () => {
  test('is news once for each value, and keeps the time at which it was seen first', () => {
    const requests = createRotationRequests();
    expect([1, 2, 3].map((ms) => requests.see(asking('one'), NOW + ms))).toEqual([true, false, false]);
    expect(requests.get(asking(undefined))).toEqual({ value: 'one', at: NOW + 1 });
    expect(requests.see(asking('two'), NOW + 4)).toBe(true);
    expect(requests.get(asking(undefined))).toEqual({ value: 'two', at: NOW + 4 });
  });

  test.each<[string, Claim]>([
    ['has been answered', asking('one', 'one')],
    ['was taken back', asking(undefined)],
    ['was made empty', asking('')],
  ])('is closed when it %s', (_how, claim) => {
    const requests = createRotationRequests();
    requests.see(asking('one'), NOW);
    expect([requests.see(claim, NOW + 1), requests.get(claim)]).toEqual([false, undefined]);
  });

  test('is open where the status answers an earlier one', () => {
    const requests = createRotationRequests();
    expect([requests.see(asking('two', 'one'), NOW), requests.get(asking('two'))]).toEqual([
      true,
      { value: 'two', at: NOW },
    ]);
  });

  test('is that of one object, not of another, nor of one that is made anew under its name', () => {
    const requests = createRotationRequests();
    requests.see(asking('one'), NOW);
    const others = [own('other'), cluster('other'), cluster('all', {}, { uid: 'anew' })];
    expect(others.map(requests.get)).toEqual([undefined, undefined, undefined]);
  });

  test('is forgotten with its object', () => {
    const requests = createRotationRequests();
    requests.see(asking('one'), NOW);
    requests.forget(asking('one'));
    expect(requests.get(asking('one'))).toBeUndefined();
  });

  test('of any length and content is answered by what a status can hold', () => {
    const requests = createRotationRequests();
    const value = `${'x'.repeat(255)}😀 and more`;
    requests.see(asking(value), NOW);
    const held = requests.get(asking(value))?.value ?? '';
    expect([held.length, held.isWellFormed()]).toEqual([256, true]);
    expect([requests.see(asking(value, held), NOW), requests.get(asking(value))]).toEqual([false, undefined]);
  });
});
