import { describe, expect, test } from '@jest/globals';
import { grantSid, grantStatements } from '../../../../src/ecr/grants.ts';
import { RetryableError } from '../../../../src/runtime/errors.ts';
import { type Given, OWNER, syncedOf, trial } from './repository-trial.ts';

const CLASS = 'ecr-operator.io/class';
const THEIRS = { Sid: 'theirs', Effect: 'Allow', Principal: '*', Action: 'ecr:ListImages' };
const grant = (name: string) => ({ name, access: 'Pull', to: { organization: 'o-a1b2c3d4e5' } }) as const;
const OF_CLASS = grantStatements([grant('all')], 'aws');

/** A repository that nobody declared so far, as a class has left it. */
function classed(given: Given = {}, statements: readonly object[] = OF_CLASS) {
  const one = trial(given);
  one.addRepository('web');
  one.held('web').tags.set(CLASS, 'c/standard').set('cost', '1');
  if (statements.length > 0) one.held('web').policyText = JSON.stringify({ Statement: statements });
  return one;
}

type Classed = ReturnType<typeof classed>;
const tagsOf = (one: Classed) => Object.fromEntries(one.held('web').tags);
const statementsOf = (one: Classed) => JSON.parse(one.held('web').policyText ?? '{"Statement":[]}').Statement;
const OURS = { cost: '1', [OWNER]: 'c/team/web' };

describe('a repository that a class applied to, and that is declared now', () => {
  test('loses the grants of the class and its tag, and nothing else', async () => {
    const one = classed({}, [...OF_CLASS, THEIRS]);
    expect(syncedOf(await one.pass())).toEqual(['Synced True Synced']);
    expect([tagsOf(one), statementsOf(one)]).toEqual([OURS, [THEIRS]]);
    one.calls.length = 0;
    await one.pass();
    expect(one.calls).toEqual(['DescribeRepositories', 'ListTagsForResource']);
  });

  test('has no policy left where that was all', async () => {
    const one = classed();
    await one.pass();
    expect([tagsOf(one), one.held('web').policyText]).toEqual([OURS, undefined]);
  });

  test('gets the grants that it declares instead', async () => {
    const one = classed();
    await one.pass({ grants: [grant('mine')] });
    expect(statementsOf(one)).toMatchObject([{ Sid: grantSid('mine') }]);
    expect(one.calls.filter((call) => call === 'GetRepositoryPolicy')).toHaveLength(1);
    expect(tagsOf(one)).toEqual(OURS);
  });

  test('loses the tag of a class that gave nothing', async () => {
    const one = classed({}, []);
    await one.pass();
    expect([tagsOf(one), one.writes()]).toEqual([OURS, ['TagResource', 'UntagResource']]);
  });

  test('loses the grants later where AWS refuses that at first', async () => {
    let refusals = 1;
    const broken: Given['broken'] = {
      deleteRepositoryPolicy: async () => {
        refusals -= 1;
        if (refusals === 0) throw new RetryableError('AccessDenied', 'no');
        one.held('web').policyText = undefined;
      },
    };
    const one = classed({ broken });
    const { failure, status } = await one.pass();
    expect(failure).toMatchObject({ reason: 'AccessDenied' });
    expect(status?.managedStatements).toEqual(OF_CLASS.map(({ Sid }) => Sid));
    expect(syncedOf(await one.pass())).toEqual(['Synced True Synced']);
    expect([one.held('web').policyText, tagsOf(one)]).toEqual([undefined, OURS]);
  });

  test('keeps the tag as long as the policy was not tried', async () => {
    const failing = () => Promise.reject(new RetryableError('Throttled', 'later'));
    const one = classed({ broken: { getRepositoryPolicy: failing } });
    await expect(one.pass()).rejects.toMatchObject({ reason: 'Throttled' });
    expect([tagsOf(one), one.writes()]).toEqual([{ cost: '1', [CLASS]: 'c/standard' }, []]);
  });

  test('does not differ for one who only observes it', async () => {
    const one = classed();
    expect(syncedOf(await one.pass({ mode: 'Observe' }))).toEqual(['Synced True Synced']);
    expect(one.calls).not.toContain('GetRepositoryPolicy');
  });
});
