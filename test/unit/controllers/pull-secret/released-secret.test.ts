import { describe, expect, test } from '@jest/globals';
import { SECRET_ANNOTATIONS } from '../../../../src/api/names.ts';
import { secret } from './pull-objects.ts';
import { FOREIGN, OURS, sent } from './sent.ts';

const HAND_OVER = 'ecr-operator.io/hand-over';
const WHOLE = secret({ foreignEntries: 'Keep' });

/** The annotations of the one release that is sent. */
async function released(...parameters: Parameters<typeof sent>): Promise<Record<string, unknown>> {
  const calls = await sent(...parameters);
  const [[, , body] = []] = calls.filter(([verb]) => verb === 'release');
  return body.metadata.annotations;
}

describe('the word for a hand-over', () => {
  test('goes with a Secret that is retained: its owner has to say it anew', async () => {
    expect((await released({ type: 'release' }, WHOLE))[HAND_OVER]).toBeNull();
  });

  test('stands on a Secret that others share and that nobody wants: it may be had back', async () => {
    const annotations = await released({ type: 'delete' }, WHOLE, true, { auths: { ...FOREIGN, ...OURS } });
    expect(annotations[HAND_OVER]).toBe('true');
  });

  test.each(Object.values(SECRET_ANNOTATIONS))('beside it, nothing of %s is left', async (mark) => {
    expect((await released({ type: 'release' }, WHOLE))[mark]).toBeNull();
  });
});
