import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RepositorySpec, RepositoryStatus } from '../../../../src/api/repository.generated.ts';
import { applyRepositoryAction } from '../../../../src/controllers/repository/apply.ts';
import { type DesiredRepository, desiredRepository } from '../../../../src/controllers/repository/desired.ts';
import { repositoryFields } from '../../../../src/controllers/repository/fields.ts';
import {
  type ObservedRepository,
  observeRepository,
} from '../../../../src/controllers/repository/observe.ts';
import { planRepository, type RepositoryAction } from '../../../../src/controllers/repository/plan.ts';
import { type AwsSimulator, startAwsSimulator } from '../../../lab/aws/aws-simulator.ts';
import type { Repository as HeldRepository } from '../../../lab/aws/registry-state.ts';
import { repository } from '../objects.ts';
import { directEcr } from './direct-ecr.ts';
import { foreignStatements, settings } from './random-repositories.ts';

const RUNS = 1_500;

let aws: AwsSimulator;
beforeAll(async () => {
  aws = await startAwsSimulator();
});
afterAll(() => aws.stop());

let count = 0;

/** A Repository of a name of its own, and what its passes see and do. */
function trial() {
  count += 1;
  const name = `r${count}`;
  const handle = aws.as('123456789012', 'us-east-1');
  const { ecr } = directEcr(handle);
  let status: RepositoryStatus | undefined;

  const desiredOf = (spec: Partial<RepositorySpec>): DesiredRepository => {
    const object = { ...repository({ ...spec, name }), ...(status ? { status } : {}) };
    return desiredRepository(object, { cluster: 'c', partition: 'aws' });
  };
  const planOf = (desired: DesiredRepository, observed: ObservedRepository): RepositoryAction[] =>
    planRepository(desired, observed, {
      tagKeys: status?.managedTagKeys ?? [],
      statements: status?.managedStatements ?? [],
    });
  return {
    live: () => handle.repository(name) as HeldRepository,
    call: (operation: string, input: object = {}) =>
      handle.call(operation, { repositoryName: name, ...input }),
    /** A whole pass; gives what would still be done, by what it knows after it and by what ECR says. */
    async pass(spec: Partial<RepositorySpec>): Promise<readonly [RepositoryAction[], RepositoryAction[]]> {
      const desired = desiredOf(spec);
      let observed = await observeRepository(ecr, desired);
      for (const action of planOf(desired, observed)) {
        observed = await applyRepositoryAction(ecr, name, action, observed);
      }
      const changes = { reason: 'Updated', words: [] } as const;
      const rest = { className: undefined, preview: undefined, changes, now: 0 };
      status = repositoryFields({ previous: status, desired, observed, ...rest });
      const again = desiredOf(spec);
      return [planOf(again, observed), planOf(again, await observeRepository(ecr, again))];
    },
  };
}

test(`a pass leaves nothing to do, whatever was declared before: ${RUNS} random Repositories and changes of them`, async () => {
  const property = fc.asyncProperty(fc.array(settings, { minLength: 1, maxLength: 4 }), async (specs) => {
    const one = trial();
    for (const spec of specs) {
      expect(await one.pass(spec)).toEqual([[], []]);
      expectHeld(spec, one.live());
      // Nobody else is here: no tag and no statement is left of what was declared before.
      expect([...one.live().tags.keys()].sort()).toEqual(
        ['ecr-operator.io/owner', ...Object.keys(spec.tags ?? {})].sort(),
      );
    }
  });
  await fc.assert(property, { numRuns: RUNS });
});

test(`a pass mends whatever others did, and takes nothing of theirs: ${RUNS} random states of ECR`, async () => {
  const property = fc.asyncProperty(
    settings,
    settings,
    foreignStatements,
    async (spec, theirs, statements) => {
      const one = trial();
      await one.pass(spec);
      disturb(one, theirs, statements);
      const foreign = new Set(one.live().tags.keys()).has('theirs');
      expect(await one.pass(spec)).toEqual([[], []]);
      expectHeld(spec, one.live());
      expect(one.live().tags.has('theirs')).toBe(foreign);
      // What they wrote beside ours stays; a whole document is the whole policy.
      if (!spec.policy)
        for (const { Action } of statements) expect(one.live().policyText).toContain(String(Action));
      // What is not declared is as they left it.
      if (!spec.tagMutability) expect(one.live().mutability).toBe(theirs.tagMutability ?? 'MUTABLE');
      if (spec.scanOnPush === undefined) expect(one.live().scanOnPush).toBe(theirs.scanOnPush ?? false);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
});

/** What ECR holds is what the spec says, as far as it says anything: by plain looks, not by our comparisons. */
function expectHeld(spec: Partial<RepositorySpec>, live: HeldRepository): void {
  if (spec.tagMutability) {
    expect(live.mutability).toBe(spec.tagMutability);
    const filters = live.exclusionFilters.map(({ filter }) => filter);
    expect([...filters].sort()).toEqual([...(spec.tagMutabilityExclusionFilters ?? [])].sort());
  }
  if (spec.scanOnPush !== undefined) expect(live.scanOnPush).toBe(spec.scanOnPush);
  for (const [key, value] of Object.entries(spec.tags ?? {})) expect(live.tags.get(key)).toBe(value);
  const rules = spec.lifecycle?.rules;
  if (rules) {
    const held: readonly {
      readonly rulePriority: number;
      readonly selection: { readonly countNumber: number };
    }[] = JSON.parse(live.lifecycle?.text ?? '{"rules":[]}').rules;
    const numbers = held.map(({ rulePriority, selection }) => [rulePriority, selection.countNumber]);
    const wanted = rules.map(({ priority, countNumber }) => [priority, countNumber]);
    expect(numbers).toEqual(wanted.sort(([a = 0], [b = 0]) => a - b));
  }
  const names = (spec.grants ?? []).map(({ name }) => name);
  const sids = [...(live.policyText ?? '').matchAll(/"EcrOperator(\w+?)[0-9a-f]{8}"/g)].map(
    ([, name]) => name,
  );
  expect(sids.sort()).toEqual(names.map((name) => name.replace('-', '')).sort());
}

/** Somebody else makes the repository otherwise, by the same calls that they have. */
function disturb(
  { live, call }: ReturnType<typeof trial>,
  theirs: Partial<RepositorySpec>,
  statements: readonly object[],
): void {
  const { tagMutability = 'MUTABLE', tagMutabilityExclusionFilters = [], scanOnPush = false, tags } = theirs;
  const filters = tagMutabilityExclusionFilters.map((filter) => ({ filterType: 'WILDCARD', filter }));
  call('PutImageTagMutability', {
    imageTagMutability: tagMutability,
    ...(filters.length > 0 ? { imageTagMutabilityExclusionFilters: filters } : {}),
  });
  call('PutImageScanningConfiguration', { imageScanningConfiguration: { scanOnPush } });
  live().tags.set('theirs', 'x');
  for (const [key, value] of Object.entries(tags ?? {})) live().tags.set(key, value);
  if (theirs.lifecycle && live().lifecycle) call('DeleteLifecyclePolicy');
  if (statements.length > 0) {
    call('SetRepositoryPolicy', { policyText: JSON.stringify({ Statement: statements }) });
  } else if (theirs.grants && live().policyText) call('DeleteRepositoryPolicy');
}
