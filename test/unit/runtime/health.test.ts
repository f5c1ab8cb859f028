import { describe, expect, test } from '@jest/globals';
import { type HealthCheck, healthRoute } from '../../../src/runtime/health.ts';
import {
  filledAmong,
  livenessChecks,
  type Phase,
  readinessChecks,
  type Watched,
} from '../../../src/runtime/manager-health.ts';
import { NAMESPACES, PODS } from '../../../src/runtime/resource.ts';
import { settled } from '../fake-clock.ts';

const fine: HealthCheck = { name: 'fine', failure: () => undefined };
const bad: HealthCheck = { name: 'bad', failure: () => 'it is dead' };

async function ask(checks: readonly HealthCheck[], query = ''): Promise<string> {
  const { status, body } = await healthRoute('healthz', checks)(new URLSearchParams(query));
  return `${status} ${body}`;
}

describe('a health path', () => {
  test.each([
    ['says ok and no more', [fine], '', '200 ok\n'],
    ['lists the checks if asked', [fine], 'verbose', '200 [+]fine ok\nhealthz check passed\n'],
    [
      'names what is wrong',
      [fine, bad],
      '',
      '500 [+]fine ok\n[-]bad failed: it is dead\nhealthz check failed\n',
    ],
    [
      'has what is worth a word only if asked',
      [{ ...fine, note: () => 'tired' }],
      'verbose',
      '200 [+]fine ok, but: tired\nhealthz check passed\n',
    ],
    ['is well with it', [{ ...fine, note: () => 'tired' }], '', '200 ok\n'],
    ['leaves out what it is asked to', [fine, bad], 'exclude=bad', '200 ok\n'],
    [
      'says so of a check that breaks',
      [
        {
          name: 'broken',
          failure: () => {
            throw new Error('oh');
          },
        },
      ],
      '',
      '500 [-]broken failed: oh\nhealthz check failed\n',
    ],
  ])('%s', async (_what, checks, query, wanted) => {
    expect(await ask(checks, query)).toBe(wanted);
  });
});

function parts(change: { readonly stuck?: string } = {}) {
  const stuck = (name: string) => () => (change.stuck === name ? 'dead' : undefined);
  return {
    informers: [
      { resource: NAMESPACES, ready: Promise.resolve(), stuck: stuck('first') },
      { resource: PODS, ready: Promise.resolve(), stuck: stuck('pods') },
      { resource: NAMESPACES, ready: Promise.resolve(), stuck: stuck('second') },
    ],
    controllers: [{ name: 'registry', stuck: stuck('registry') }],
    eventLoop: { stuck: stuck('loop') },
    election: { unready: () => undefined, stuck: stuck('election') },
  };
}

describe('liveness', () => {
  test.each([
    ['first', 'informer-namespaces'],
    ['second', 'informer-namespaces-2'],
    ['pods', 'informer-pods'],
    ['registry', 'controller-registry'],
    ['loop', 'event-loop'],
    ['election', 'leader-election'],
  ])('fails when %s is stuck', async (stuck, name) => {
    const answer = await ask(livenessChecks(parts({ stuck })));
    expect(answer.split('\n').filter((line) => /failed:/.test(line))).toEqual(
      [`[-]${name} failed: dead`].map((line) => (answer.startsWith(`500 ${line}`) ? `500 ${line}` : line)),
    );
  });

  test('is fine otherwise, with no other replica too', async () => {
    expect(await ask(livenessChecks(parts()))).toBe('200 ok\n');
    expect(await ask(livenessChecks({ ...parts(), election: undefined }))).toBe('200 ok\n');
  });
});

function readiness(
  { informers = parts().informers, election }: Partial<Pick<Watched, 'informers' | 'election'>>,
  phase: Phase,
): readonly HealthCheck[] {
  return readinessChecks({ informers, election }, filledAmong(informers), () => phase);
}

describe('readiness', () => {
  test.each<[Phase, string]>([
    ['standing by', '200 ok'],
    ['working', '200 ok'],
    ['filling', '[-]started failed: the caches are not filled yet'],
    ['stopping', '[-]shutdown failed: it is stopping'],
  ])('while %s', async (phase, words) => {
    const checks = readiness({}, phase);
    await settled();
    expect(await ask(checks)).toContain(words);
  });

  test('names the cache that is not filled', async () => {
    const late = { resource: PODS, ready: new Promise<void>(() => undefined) };
    const checks = readiness({ informers: [...parts().informers, late] }, 'filling');
    await settled();
    expect(await ask(checks)).toContain('[-]informer-pods-2 failed: not filled yet');
  });

  test('fails while nobody knows whether it could take over', async () => {
    const election = { unready: () => 'not read', stuck: () => undefined };
    const checks = readiness({ election }, 'standing by');
    await settled();
    expect(await ask(checks)).toContain('[-]leader-election failed: not read');
  });
});
