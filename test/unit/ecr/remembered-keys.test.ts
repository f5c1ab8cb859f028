import { describe, expect, test } from '@jest/globals';
import type { Keys } from '../../../src/ecr/credentials.ts';
import { rememberKeys } from '../../../src/ecr/remembered-keys.ts';

/** A source that gives keys numbered in the order in which it is asked, on a clock that the test moves. */
function source(lifeMs?: number, atMostMs?: number) {
  const trial = { at: 1_000_000, asked: 0, fails: false };
  const ask = async (): Promise<Keys> => {
    trial.asked += 1;
    if (trial.fails) throw new Error(`failure ${trial.asked}`);
    const expiration = lifeMs === undefined ? {} : { expiration: new Date(trial.at + lifeMs) };
    return { accessKeyId: `KEY${trial.asked}`, secretAccessKey: 's', ...expiration };
  };
  const keys = rememberKeys(ask, () => trial.at, atMostMs);
  const id = async (): Promise<string> => (await keys.get()).accessKeyId;
  return { trial, keys, id };
}

describe('keys are asked for', () => {
  test('once, by however many at a time', async () => {
    const { id } = source();
    expect(await Promise.all([id(), id(), id()])).toEqual(['KEY1', 'KEY1', 'KEY1']);
  });

  test('five minutes before they run out', async () => {
    const { trial, id } = source(3_600_000);
    await id();
    trial.at += 3_299_999;
    expect(await id()).toBe('KEY1');
    trial.at += 1;
    expect(await id()).toBe('KEY2');
  });

  test('when they are older than told, whenever they run out', async () => {
    const { trial, id } = source(undefined, 60_000);
    await id();
    trial.at += 59_999;
    expect(await id()).toBe('KEY1');
    trial.at += 1;
    expect(await id()).toBe('KEY2');
  });

  test('when they are older than told, though they last for longer', async () => {
    const { trial, id } = source(3_600_000, 60_000);
    await id();
    trial.at += 60_000;
    expect(await id()).toBe('KEY2');
  });

  test('no more than once in ten seconds where they are about to run out already', async () => {
    const { trial, id } = source(60_000);
    await id();
    trial.at += 9_999;
    expect(await id()).toBe('KEY1');
    trial.at += 1;
    expect(await id()).toBe('KEY2');
  });

  test('again three seconds after a failure, which all have until then', async () => {
    const { trial, id } = source();
    trial.fails = true;
    await expect(id()).rejects.toThrow('failure 1');
    trial.fails = false;
    trial.at += 2_999;
    await expect(id()).rejects.toThrow('failure 1');
    trial.at += 1;
    expect(await id()).toBe('KEY2');
  });

  test('at once when they are to be forgotten, a failure too', async () => {
    const { trial, keys, id } = source();
    trial.fails = true;
    await expect(id()).rejects.toThrow('failure 1');
    trial.fails = false;
    keys.forget();
    expect(await id()).toBe('KEY2');
    keys.forget();
    expect(await id()).toBe('KEY3');
  });
});

describe('keys that cannot be renewed', () => {
  test('are used on until they run out, and others are asked for every three seconds', async () => {
    const { trial, id } = source(3_600_000);
    await id();
    trial.at += 3_300_000;
    trial.fails = true;
    expect([await id(), await id(), trial.asked]).toEqual(['KEY1', 'KEY1', 2]);
    trial.at += 2_999;
    expect([await id(), trial.asked]).toEqual(['KEY1', 2]);
    trial.at += 1;
    expect([await id(), trial.asked]).toEqual(['KEY1', 3]);
    trial.at += 297_000 - 1;
    expect(await id()).toBe('KEY1');
    trial.at += 3_001;
    await expect(id()).rejects.toThrow('failure 5');
  });

  test('are left for others as soon as there are some', async () => {
    const { trial, id } = source(3_600_000);
    await id();
    trial.at += 3_300_000;
    trial.fails = true;
    await id();
    trial.fails = false;
    trial.at += 3_000;
    expect(await id()).toBe('KEY3');
    trial.at += 3_299_999;
    expect(await id()).toBe('KEY3');
  });

  test.each(['refused', 'forget'] as const)('are not used on after %s', async (way) => {
    const { trial, keys, id } = source(3_600_000);
    await id();
    trial.at += 3_300_000;
    trial.fails = true;
    await id();
    if (way === 'forget') keys.forget();
    else keys.refused('keys');
    await expect(id()).rejects.toThrow('failure 3');
  });

  test('are not used on where nobody knows when they run out: their Secret may be gone', async () => {
    const { trial, id } = source(undefined, 60_000);
    await id();
    trial.at += 60_000;
    trial.fails = true;
    await expect(id()).rejects.toThrow('failure 2');
  });
});

describe('keys that AWS refuses', () => {
  test.each([
    ['keys', 10_000],
    ['rights', 300_000],
  ] as const)('for their %s are asked for anew when they are older than %d ms', async (refusal, age) => {
    const { trial, keys, id } = source();
    await id();
    trial.at += age - 1;
    keys.refused(refusal);
    expect(await id()).toBe('KEY1');
    trial.at += 1;
    keys.refused(refusal);
    expect(await id()).toBe('KEY2');
    // Of the many calls that were under way with the old ones, none takes the new ones away.
    keys.refused(refusal);
    expect(await id()).toBe('KEY2');
  });

  test('are no matter where none were asked for', () => {
    const { trial, keys } = source();
    keys.refused('keys');
    expect(trial.asked).toBe(0);
  });
});

test('keys have an end in the eyes of the SDK, so that it asks for them with each call', async () => {
  const { keys } = source();
  const { expiration } = await keys.get();
  const left = Number(expiration) - Date.now();
  expect([left > 50_000, left < 300_000]).toEqual([true, true]);
});
