import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { grantStatements } from '../../../src/ecr/grants.ts';
import { samePolicy } from '../../../src/ecr/json-policy.ts';
import { mergedPolicy, type PolicyMerge } from '../../../src/ecr/policy-statements.ts';
import { reformatPolicy } from '../../lab/aws/policy-format.ts';
import { policyOf } from './policy-text.ts';

const ACCOUNT = '210987654321';
const ROOT = `arn:aws:iam::${ACCOUNT}:root`;

const name = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}[a-z0-9]$/);
const own = fc
  .uniqueArray(fc.record({ name, access: fc.constantFrom('Pull', 'Push', 'Read'), account: fc.nat(9) }), {
    selector: (one) => one.name,
    maxLength: 5,
  })
  .map((grants) =>
    grantStatements(
      grants.map((one) => ({
        name: one.name,
        access: one.access as 'Pull',
        to: { accounts: [`10000000000${one.account}`] },
      })),
      'aws',
    ),
  );
const foreign = fc
  .array(
    fc.record(
      {
        Sid: fc.stringMatching(/^[A-Z][a-z]{1,8}$/),
        Effect: fc.constantFrom('Allow', 'Deny'),
        Principal: fc.constantFrom('*', { AWS: ROOT }, { AWS: [ACCOUNT, 'AROAEXAMPLE'] }),
        Action: fc.constantFrom('ecr:*', ['ecr:BatchGetImage', 'ecr:PutImage']),
        Condition: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.string(), { maxKeys: 2 }), {
          maxKeys: 2,
        }),
      },
      { requiredKeys: ['Effect', 'Principal', 'Action'] },
    ),
    { maxLength: 4 },
  )
  .chain((statements) =>
    fc.nat(4).map((indent) => statements.map((one) => JSON.stringify(one, null, indent))),
  );

/** Live policies of others, with statements of ours in them that are as good as any. */
const livePolicy = fc
  .tuple(foreign, own, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })))
  .map(([others, ours, randoms]) => {
    const texts = [...others];
    for (const one of ours) {
      const at = Math.floor((randoms.next().value as number) * (texts.length + 1));
      texts.splice(at, 0, JSON.stringify(one));
    }
    return { others, text: texts.length === 0 ? undefined : policyOf(...texts) };
  });

describe('any policy', () => {
  const afterMerge = (live: string | undefined, merge: PolicyMerge) => {
    if (merge === 'same') return live;
    return merge === 'delete' ? undefined : merge.document;
  };

  test('is the same once it was merged, also as ECR shows it', () => {
    fc.assert(
      fc.property(livePolicy, own, ({ text }, wanted) => {
        const put = afterMerge(text, mergedPolicy(text, wanted, []));
        expect(mergedPolicy(put, wanted, [])).toBe('same');
        if (put === undefined) return;
        const shown = reformatPolicy(put, 'us-east-1');
        expect(samePolicy(shown, put, 'x')).toBe(true);
        expect(mergedPolicy(shown, wanted, [])).toBe('same');
      }),
      { numRuns: 500 },
    );
  });

  test('keeps the statements of others in their words and order, and has each of ours once', () => {
    fc.assert(
      fc.property(livePolicy, own, ({ others, text }, wanted) => {
        const put = afterMerge(text, mergedPolicy(text, wanted, [])) ?? policyOf();
        const { Statement } = JSON.parse(put) as { Statement: { Sid?: string }[] };
        const sids = wanted.map(({ Sid }) => Sid);
        const theirs = Statement.filter(({ Sid }) => !sids.includes(Sid ?? ''));
        expect(theirs).toEqual(others.map((one) => JSON.parse(one)));
        let from = 0;
        for (const one of others) {
          expect(put.indexOf(one, from)).toBeGreaterThanOrEqual(from);
          from = put.indexOf(one, from) + one.length;
        }
        const ours = Statement.filter(({ Sid }) => sids.includes(Sid ?? ''));
        expect(ours).toHaveLength(wanted.length);
        expect(ours).toEqual(expect.arrayContaining(wanted.map((one) => one)));
      }),
      { numRuns: 500 },
    );
  });
});
