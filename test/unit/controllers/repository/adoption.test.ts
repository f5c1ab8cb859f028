import { describe, expect, test } from '@jest/globals';
import {
  type AdoptionInput,
  observationWords,
  sufficientWords,
} from '../../../../src/controllers/repository/adoption.ts';
import type { ObservedRepository } from '../../../../src/controllers/repository/observe.ts';
import { thrownBy } from '../objects.ts';

type Adoption = AdoptionInput['desired']['adoption'];

const PRESENT = {
  absent: { tags: {} },
  unowned: { live: {} as NonNullable<ObservedRepository['live']>, tags: { cost: '1' } },
  ours: { live: {} as never, tags: { 'ecr-operator.io/owner': 'c/n/web' } },
  theirs: { live: {} as never, tags: { 'ecr-operator.io/owner': 'x/y/z' } },
} as const satisfies Readonly<Record<string, ObservedRepository>>;

function input(adoption: Adoption, present: keyof typeof PRESENT, heldBefore: boolean): AdoptionInput {
  return { desired: { name: 'web', owner: 'c/n/web', adoption }, observed: PRESENT[present], heldBefore };
}

/** The words, or the kind and reason of the refusal. */
function outcome(
  adoption: Adoption,
  present: keyof typeof PRESENT,
  heldBefore: boolean,
  wordsOf = sufficientWords,
): string {
  let words: readonly string[] | undefined;
  const thrown = thrownBy(() => {
    words = wordsOf(input(adoption, present, heldBefore));
  });
  return words?.join(' or ') ?? (thrown as string[]).slice(0, 2).join(' ');
}

const KEPT = 'Create or Adopt';
const MISSING = 'RetryableError RepositoryNotFound';
const EXISTS = 'TerminalError RepositoryExists';
const OWNED = 'TerminalError OwnedByAnother';

describe('the words, any of which suffices for an ECR repository', () => {
  test.each<[keyof typeof PRESENT, string, boolean, readonly [string, string, string, string]]>([
    // present, and before, Never, IfUnowned, IfExists, Only
    ['absent', 'never held', false, ['Create', 'Create', 'Create', MISSING]],
    ['absent', 'held before', true, ['Create', 'Create', 'Create', MISSING]],
    ['unowned', 'never held', false, [EXISTS, 'Adopt', 'Adopt', 'Adopt']],
    ['unowned', 'held before', true, [KEPT, KEPT, KEPT, KEPT]],
    ['ours', 'never held', false, [KEPT, KEPT, KEPT, KEPT]],
    ['ours', 'held before', true, [KEPT, KEPT, KEPT, KEPT]],
    ['theirs', 'never held', false, [OWNED, OWNED, 'Adopt', OWNED]],
    ['theirs', 'held before', true, [OWNED, OWNED, OWNED, OWNED]],
  ])('that is %s and was %s', (present, _before, heldBefore, expected) => {
    const adoptions = ['Never', 'IfUnowned', 'IfExists', 'Only'] as const;
    expect(adoptions.map((adoption) => outcome(adoption, present, heldBefore))).toEqual(expected);
  });
});

describe('the words, any of which suffices to observe an ECR repository', () => {
  test.each<[keyof typeof PRESENT, string, boolean, readonly [string, string, string, string]]>([
    // present, and before, Never, IfUnowned, IfExists, Only
    ['absent', 'never held', false, [KEPT, KEPT, KEPT, KEPT]],
    ['absent', 'held before', true, [KEPT, KEPT, KEPT, KEPT]],
    ['unowned', 'never held', false, ['Adopt', 'Adopt', 'Adopt', 'Adopt']],
    ['unowned', 'held before', true, [KEPT, KEPT, KEPT, KEPT]],
    ['ours', 'never held', false, [KEPT, KEPT, KEPT, KEPT]],
    ['ours', 'held before', true, [KEPT, KEPT, KEPT, KEPT]],
    ['theirs', 'never held', false, [OWNED, OWNED, 'Adopt', OWNED]],
    ['theirs', 'held before', true, [OWNED, OWNED, OWNED, OWNED]],
  ])('that is %s and was %s', (present, _before, heldBefore, expected) => {
    const adoptions = ['Never', 'IfUnowned', 'IfExists', 'Only'] as const;
    const words = adoptions.map((adoption) => outcome(adoption, present, heldBefore, observationWords));
    expect(words).toEqual(expected);
  });
});

describe('a refusal says what to do', () => {
  test.each<[AdoptionInput, string]>([
    [
      input('Only', 'absent', false),
      'there is no ECR repository web, and adoption: Only makes none: make it elsewhere, or choose another adoption',
    ],
    [
      input('Never', 'unowned', false),
      'ECR repository web exists already, and adoption: Never leaves it alone: choose IfUnowned to take it over, or another name',
    ],
    [
      input('IfUnowned', 'theirs', false),
      'ECR repository web belongs to x/y/z (cluster/namespace/name): delete that object, or set adoption: IfExists to take the repository over',
    ],
    [
      input('IfExists', 'theirs', true),
      "ECR repository web belongs to x/y/z (cluster/namespace/name): delete the other object, or, to have it back, set the repository's tag ecr-operator.io/owner to c/n/web",
    ],
  ])('%#', (one, message) => {
    expect((thrownBy(() => sufficientWords(one)) as string[])[2]).toBe(message);
  });
});
