import { describe, expect, test } from '@jest/globals';
import { OWNER_TAG } from '../../../../src/api/names.ts';
import {
  type Impossible,
  NOTHING_MANAGED,
  planRepository,
} from '../../../../src/controllers/repository/plan.ts';
import type { Encryption } from '../../../../src/ecr/ecr-api.ts';
import { BARE, FULL, held, KEY } from './plan-objects.ts';

describe('encryption', () => {
  const KMS: Encryption = { type: 'KMS', kmsKey: KEY };

  test.each<[string, Encryption | undefined, Encryption]>([
    ['not declared accepts what is there', undefined, KMS],
    ['the same type', { type: 'AES256' }, { type: 'AES256' }],
    ['a type without a key accepts any key', { type: 'KMS' }, KMS],
    ['the ARN of the key', KMS, KMS],
    ['the id of the key', { type: 'KMS', kmsKey: '1234abcd-12ab-34cd-56ef-1234567890ab' }, KMS],
    ['an alias, which only KMS can tell', { type: 'KMS', kmsKey: 'alias/ecr' }, KMS],
    ['the ARN of an alias', { type: 'KMS', kmsKey: 'arn:aws:kms:us-east-1:123456789012:alias/ecr' }, KMS],
  ])('%s', (_what, encryption, live) => {
    const { encryption: _, ...rest } = FULL;
    const desired = encryption ? { ...rest, encryption } : rest;
    expect(
      planRepository(desired, held({ encryption: live }), { tagKeys: ['owner', 'cost'], statements: [] }),
    ).toEqual([]);
  });

  test('that a class says is for repositories to come: one that is there has what it has', () => {
    const desired = { ...FULL, encryption: { type: 'AES256' }, encryptionAtCreation: true } as const;
    expect(planRepository(desired, held({ encryption: KMS }), NOTHING_MANAGED)).toEqual([]);
  });

  test.each<[string, Encryption, Encryption, string, string]>([
    ['another type', { type: 'KMS' }, { type: 'AES256' }, 'AES256', 'KMS'],
    ['two layers for one', { type: 'KMS_DSSE', kmsKey: KEY }, KMS, `KMS with ${KEY}`, `KMS_DSSE with ${KEY}`],
    ['another key', { type: 'KMS', kmsKey: `${KEY}9` }, KMS, `KMS with ${KEY}`, `KMS with ${KEY}9`],
    [
      'the end of a key id',
      { type: 'KMS', kmsKey: '1234567890ab' },
      KMS,
      `KMS with ${KEY}`,
      'KMS with 1234567890ab',
    ],
    ['a key where ECR has none', { type: 'KMS', kmsKey: KEY }, { type: 'KMS' }, 'KMS', `KMS with ${KEY}`],
  ])('%s is refused: ECR cannot change it', (_what, encryption, live, is, wanted) => {
    const [action] = planRepository({ ...FULL, encryption }, held({ encryption: live }), NOTHING_MANAGED);
    expect(action).toMatchObject({
      type: 'Impossible',
      difference: `encryption from ${is} to ${wanted}, which ECR cannot change`,
    });
    const { error } = action as Impossible;
    expect([error.name, error.reason, error.message]).toEqual([
      'TerminalError',
      'EncryptionImmutable',
      `ECR repository web is encrypted by ${is}, spec.encryption says ${wanted}, and ECR cannot change it: put spec.encryption right, or make a new Repository and move the images`,
    ]);
  });

  test.each([
    ['keeps nothing else back where the repository is ours', 'c/n/web', false],
    ['keeps everything back where nobody has it, so that it is not taken over', undefined, true],
    ['keeps everything back where another has it', 'c/n/other', true],
  ])('of another type %s', (_what, owner, essential) => {
    const tags = owner === undefined ? {} : { [OWNER_TAG]: owner };
    const desired = { ...BARE, tags: { [OWNER_TAG]: BARE.owner }, scanOnPush: true };
    const observed = { ...held({ scanOnPush: false }), tags };
    const plan = planRepository({ ...desired, encryption: { type: 'AES256' } }, observed, NOTHING_MANAGED);
    const [first, ...others] = plan;
    expect(first).toMatchObject({ type: 'Impossible', essential });
    expect(others).toEqual(planRepository(desired, observed, NOTHING_MANAGED));
    expect(others).toContainEqual({ type: 'PutImageScanningConfiguration', scanOnPush: true });
  });
});
