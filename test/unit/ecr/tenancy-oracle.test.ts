import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { covers } from '../../../src/ecr/pull-scope.ts';
import { pullTenancy, tenancyAnswer } from '../../../src/ecr/tenancy.ts';
import { matchesSelector } from '../../../src/runtime/label-selector.ts';
import {
  oracle,
  randomLabels,
  randomName,
  randomRules,
  randomSelector,
  selects,
  WORDS,
} from './random-tenancy.ts';

const RUNS = { numRuns: 10_000 };

/** Both answers have to have come often, or the agreement says little. */
function isMixed(answers: readonly boolean[]): boolean {
  const allowed = answers.filter(Boolean).length;
  return allowed > answers.length / 10 && allowed < answers.length * 0.9;
}

test('ten thousand random decisions agree with the oracle', () => {
  const answers: boolean[] = [];
  const name = fc.option(randomName, { nil: undefined });
  fc.assert(
    fc.property(
      randomRules,
      fc.constantFrom(...WORDS),
      randomLabels,
      name,
      (rules, word, labels, repository) => {
        const question = { word, namespace: 'ns', labels, ...(repository ? { repository } : {}) };
        const expected = oracle(rules, word, labels, repository);
        answers.push(expected);
        expect(tenancyAnswer({ name: 'default', rules }, question).allowed).toBe(expected);
      },
    ),
    RUNS,
  );
  expect(answers.length).toBe(RUNS.numRuns);
  expect(isMixed(answers)).toBe(true);
});

test('a pull token opens a repository if, and only if, the oracle allows to pull it', () => {
  const answers: boolean[] = [];
  fc.assert(
    fc.property(randomRules, randomLabels, randomName, (rules, labels, name) => {
      const tenancy = pullTenancy({ name: 'default', rules }, { namespace: 'ns', labels });
      const expected = oracle(rules, 'Pull', labels, name);
      answers.push(expected);
      const opens = tenancy.allowed && (!tenancy.patterns || covers(tenancy.patterns, name));
      expect(opens).toBe(expected);
      // Every repository is open only to who may pull every one.
      expect(tenancy.allowed && !tenancy.patterns).toBe(oracle(rules, 'Pull', labels));
    }),
    RUNS,
  );
  expect(isMixed(answers)).toBe(true);
});

test('random selectors select what Kubernetes says', () => {
  const answers: boolean[] = [];
  fc.assert(
    fc.property(randomSelector, randomLabels, (selector, labels) => {
      const expected = selects(selector, labels);
      answers.push(expected);
      expect(matchesSelector(selector, labels)).toBe(expected);
    }),
    RUNS,
  );
  expect(isMixed(answers)).toBe(true);
});
