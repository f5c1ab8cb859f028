import { expect, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';

test('returns the first state that is as wished', async () => {
  let count = 0;
  const read = () => {
    count += 1;
    return count;
  };
  expect(await waitFor(read, { what: 'three', until: (n) => n >= 3, intervalMs: 1 })).toBe(3);
});

test('a read that throws counts as not yet', async () => {
  let count = 0;
  const read = async () => {
    count += 1;
    if (count < 3) throw new Error('away');
    return 'there';
  };
  expect(await waitFor(read, { what: 'it', intervalMs: 1 })).toBe('there');
});

test('at the deadline the error shows what was seen last', async () => {
  const waiting = waitFor(() => ({ ready: false }), {
    what: 'readiness',
    until: (s) => s.ready,
    timeoutMs: 0,
  });
  await expect(waiting).rejects.toThrow(
    'after 0 ms still waiting for readiness; last seen: { ready: false }',
  );
});

test('at the deadline the last failure is the cause', async () => {
  const away = new Error('away');
  const waiting = waitFor(() => Promise.reject(away), { what: 'it', timeoutMs: 0 });
  await expect(waiting).rejects.toMatchObject({
    message: expect.stringContaining('Error: away'),
    cause: away,
  });
});
