import { expect, test } from '@jest/globals';
import { freePort, isTakenPort, retryOnTakenPort } from '../../lab/ports.ts';
import { NotReadyError } from '../../lab/process.ts';

const taken = new NotReadyError('etcd ended', 'listen tcp 127.0.0.1:1: bind: address already in use');

test('a taken port is told from other failures', () => {
  expect(isTakenPort(taken)).toBe(true);
  expect(isTakenPort(new NotReadyError('etcd ended', 'panic'))).toBe(false);
  expect(isTakenPort(new Error('address already in use'))).toBe(false);
});

test('a taken port is tried again, for other ports', async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    if (starts < 3) throw taken;
    return starts;
  };
  expect(await retryOnTakenPort(start)).toBe(3);
});

test('another failure is not tried again', async () => {
  let starts = 0;
  const start = async () => {
    starts += 1;
    throw new Error('no such binary');
  };
  await expect(retryOnTakenPort(start)).rejects.toThrow('no such binary');
  expect(starts).toBe(1);
});

test('a port is not given out twice in a short while, though nobody listens on it', async () => {
  const ports = await Promise.all(Array.from({ length: 100 }, freePort));
  expect(new Set(ports).size).toBe(100);
});
