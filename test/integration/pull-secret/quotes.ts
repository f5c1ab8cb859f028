import { expect } from '@jest/globals';
import type { Lab } from '../../lab/lab.ts';
import { quotesIn } from '../../unit/docs/quotes.ts';
import type { PullObject } from './pull-objects.ts';
import { eventOf, told } from './pull-steps.ts';

const quotes = await quotesIn('docs/reasons.md');

/** Holds an object against what docs/reasons.md quotes of it under that title. */
export async function expectAsQuoted(lab: Lab, object: PullObject, title: string): Promise<void> {
  const lines = quotes.get(title);
  if (!lines) throw new Error(`docs/reasons.md has no quotes under the title: ${title}`);
  for (const { what, reason, status, message } of lines) {
    const words = { reason, message: expect.stringMatching(message) };
    if (what === 'Event') {
      expect(await eventOf(lab, object, reason)).toMatchObject({ type: status, ...words });
    } else if (what === 'Failure') {
      expect(object.status?.failures).toContainEqual(expect.objectContaining(words));
    } else {
      expect({ what, ...told(object, what) }).toEqual({ what, status, ...words });
    }
  }
}
