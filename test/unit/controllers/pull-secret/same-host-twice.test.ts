import { describe, expect, test } from '@jest/globals';
import { accepted } from '../../../../src/controllers/pull-secret/accepted.ts';
import { clusterPullSecret, HOST, registry } from '../objects.ts';
import { claimTrial } from './claim-trial.ts';
import { cluster } from './pull-objects.ts';

const INSTALLATION = { secretNames: ['ecr-pull'], serviceAccountNames: undefined, repairPods: false };
const HOSTS: Readonly<Record<string, string>> = { a: 'x.example', b: 'y.example', twin: 'x.example' };
const WELL = { status: 'True', reason: 'Accepted' };
const twice = (one: string, other: string, host: string) => ({
  status: 'False',
  reason: 'SameHostTwice',
  message: `Registries ${one} and ${other} are both ${host}, and a Secret holds one login for a host: leave one out, or list the repositories of both under one`,
});

function named(...names: readonly string[]): Parameters<typeof cluster>[1] {
  return { registries: names.map((name) => ({ name })) };
}

describe('a pull secret that names several Registries', () => {
  test.each<[string, Parameters<typeof cluster>[1], object]>([
    ['is accepted where each has a host of its own', named('a', 'b'), WELL],
    ['is not accepted where two have one host', named('a', 'twin'), twice('a', 'twin', 'x.example')],
    ['names the two, wherever they stand', named('twin', 'b', 'a'), twice('twin', 'a', 'x.example')],
    ['is accepted where nobody knows the hosts (yet)', named('gone', 'missing'), WELL],
    ['is accepted where one of two is not there (yet)', named('a', 'gone'), WELL],
    ['is accepted without any', named(), WELL],
    [
      'is told first of a name that keeps it from everything',
      { ...named('a', 'twin'), secretName: 'other' },
      { reason: 'SecretNameNotConfigured' },
    ],
  ])('%s', (_what, spec, expected) => {
    expect(accepted(INSTALLATION, cluster('all', spec), (name) => HOSTS[name])).toMatchObject(expected);
  });

  test.each<[string, string, object]>([
    ['of one account and region', 'us-east-1', twice('default', 'twin', HOST)],
    ['of one account in two regions', 'eu-west-1', WELL],
  ])('is judged by the Registries as they are, %s', async (_what, region, expected) => {
    const object = clusterPullSecret('all', named('default', 'twin'));
    const registries = [registry(), registry('twin', { region })];
    const { conditions } = await claimTrial({ object, things: { registries } }).pass();
    expect(conditions[2]).toMatchObject({ type: 'Accepted', ...expected });
  });
});
