import { afterEach, describe, expect, test } from '@jest/globals';
import { createFakeClock, settled } from '../fake-clock.ts';
import { killAll, leaderAndStandby, leaders, replica } from './election-replicas.ts';
import { type FakeLeaseClient, fakeLease } from './fake-lease.ts';

afterEach(killAll);

/** Has the writes of a client get no answer before they are given up: `finish` does the last one all the same. */
function holdWrites(client: FakeLeaseClient) {
  const { write } = client;
  let finish = async (): Promise<unknown> => undefined;
  client.write = (before, spec, signal) =>
    new Promise((_, reject) => {
      finish = () => write(before, spec, signal);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  const letGo = (): void => {
    client.write = write;
  };
  return { finish: () => finish(), letGo };
}

describe('an end', () => {
  test('of a standby leaves the Lease alone', async () => {
    const { b, lease } = await leaderAndStandby();
    await b.election.release();
    expect([lease.holders(), b.client.writes]).toEqual([['a'], 0]);
  });

  test('does not give back what somebody else has', async () => {
    const { a, lease } = await leaderAndStandby();
    a.client.isWatching = false;
    lease.edit({ ...lease.spec(), holderIdentity: 'c', renewTime: 'x' });
    await a.election.release();
    expect(lease.spec()?.holderIdentity).toBe('c');
  });

  test('gives the Lease back although a renewal that was under way is done in the midst of it', async () => {
    const { clock, a, b } = await leaderAndStandby();
    const { read } = a.client;
    const held = holdWrites(a.client);
    await clock.elapse(5_000);
    held.letGo();
    a.client.read = async (signal) => {
      const found = await read(signal);
      a.client.read = read;
      await held.finish();
      return found;
    };
    const released = a.election.release();
    await clock.elapse(1_000);
    await released;
    expect([leaders(a, b), a.log.messages().at(-1)]).toEqual([[false, true], 'lease released']);
  });

  test('of a standby gives back what it was about to take', async () => {
    const { clock, lease, a, b } = await leaderAndStandby();
    const held = holdWrites(b.client);
    await a.election.release();
    await settled();
    await held.finish();
    held.letGo();
    await b.election.release();
    expect([lease.holders(), leaders(a, b), b.lost]).toEqual([['a', '', 'b', ''], [false, false], []]);
    expect(clock.pending()).toEqual([]);
  });

  test('gives the Lease back although a connection breaks', async () => {
    const { clock, a, b } = await leaderAndStandby();
    a.client.mode = 'fails';
    const released = a.election.release();
    await settled();
    a.client.mode = 'works';
    await clock.elapse(1_000);
    await released;
    expect([leaders(a, b), a.log.messages().at(-1)]).toEqual([[false, true], 'lease released']);
  });

  test.each(['fails', 'hangs'] as const)('goes on where the API server %s', async (mode) => {
    const { clock, a } = await leaderAndStandby();
    a.client.mode = mode;
    const released = a.election.release();
    await clock.elapse(10_000);
    await released;
    expect(a.log.messages().at(-1)).toBe('lease not released');
  });

  test('leaves no timer behind', async () => {
    const clock = createFakeClock();
    const a = replica(fakeLease(), clock, 'a');
    await settled();
    await a.election.release();
    expect(clock.pending()).toEqual([]);
  });
});
