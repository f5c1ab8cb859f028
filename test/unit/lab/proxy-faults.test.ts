import { describe, expect, test } from '@jest/globals';
import { matches, type ProxiedRequest, proxyFaultTable, watchError } from '../../lab/proxy-faults.ts';

function request(changes: Partial<ProxiedRequest> = {}): ProxiedRequest {
  return {
    method: 'GET',
    path: '/api/v1/secrets',
    query: new URLSearchParams(),
    isWatch: false,
    token: undefined,
    userAgent: undefined,
    status: undefined,
    ...changes,
  };
}

describe('a match', () => {
  test.each([
    [{}, true],
    [{ method: 'GET' }, true],
    [{ method: ['PUT', 'PATCH'] }, false],
    [{ path: '/api/v1/secrets' }, true],
    [{ path: '/api/v1' }, false],
    [{ path: /secrets$/ }, true],
    [{ watch: true }, false],
    [{ method: 'GET', path: /pods/ }, false],
    [{ where: ({ query }: ProxiedRequest) => query.has('limit') }, false],
  ])('%p: %p', (match, expected) => {
    expect(matches(match, request())).toBe(expected);
  });
});

describe('a fault table', () => {
  test('strikes with the oldest rule that matches', () => {
    const table = proxyFaultTable();
    table.add({ match: { method: 'PUT' }, fault: { kind: 'never' } });
    table.add({ match: {}, fault: { kind: 'reset' } });
    table.add({ match: {}, fault: { kind: 'never' } });
    expect(table.strike(request())).toEqual({ kind: 'reset' });
  });

  test('lets the first pass and strikes as often as told', () => {
    const table = proxyFaultTable();
    const fault = table.add({ match: {}, fault: { kind: 'reset' }, after: 1, times: 2 });
    const struck = [1, 2, 3, 4].map(() => table.strike(request()) !== undefined);
    expect(struck).toEqual([false, true, true, false]);
    expect(fault.hits()).toBe(2);
  });

  test('forgets a rule that was removed, and all when cleared', () => {
    const table = proxyFaultTable();
    const first = table.add({ match: {}, fault: { kind: 'reset' } });
    table.add({ match: {}, fault: { kind: 'never' } });
    first.remove();
    first.remove();
    expect(table.strike(request())).toEqual({ kind: 'never' });
    table.clear();
    expect(table.strike(request())).toBeUndefined();
  });
});

test('a watch error is one line with a Status of the API server', () => {
  const line = watchError();
  expect(line.endsWith('}\n')).toBe(true);
  expect(JSON.parse(line)).toMatchObject({
    type: 'ERROR',
    object: { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410 },
  });
});
