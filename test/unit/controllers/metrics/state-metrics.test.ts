import { describe, expect, test } from '@jest/globals';
import type { PullSecretStatus } from '../../../../src/api/shared.generated.ts';
import { repositoryState } from '../../../../src/controllers/images/repository-state.ts';
import { clusterPullSecret, HOUR, NOW, namespace, pullSecret, registry, repository } from '../objects.ts';
import { demanded, login, secret } from '../pull-secret/pull-objects.ts';
import { samplesOf, shownOf } from './shown.ts';

const condition = (status: 'True' | 'False' | 'Unknown', reason: string) => ({
  type: 'Ready',
  status,
  reason,
  message: '',
  lastTransitionTime: '2025-01-01T00:00:00Z',
});

const ready = (status: 'True' | 'False' | 'Unknown', reason = 'Verified') => ({
  conditions: [condition(status, reason)],
});

describe('objects', () => {
  test('are counted by kind and by Ready; one that is suspended is neither, one without a status is Unknown', async () => {
    const one = shownOf({
      registries: [
        { ...registry('a'), status: ready('True') },
        { ...registry('b'), status: ready('False', 'CredentialsRefused') },
        { ...registry('c', { suspend: true }), status: ready('False', 'CredentialsRefused') },
        registry('d'),
      ],
    });
    const all = await samplesOf(one, 'ecr_operator_objects');
    expect(all.filter((sample) => sample.includes('"Registry"'))).toEqual([
      '{kind="Registry",ready="False"} 1',
      '{kind="Registry",ready="Suspended"} 1',
      '{kind="Registry",ready="True"} 1',
      '{kind="Registry",ready="Unknown"} 1',
    ]);
    expect(all).toHaveLength(8 * 4);
    expect(await samplesOf(one, 'ecr_operator_objects_not_ready')).toEqual([
      '{kind="Registry",reason="CredentialsRefused"} 1',
    ]);
    expect(await samplesOf(one, 'ecr_operator_registry_ready')).toEqual([
      '{registry="a"} 1',
      '{registry="b"} 0',
      '{registry="d"} 0',
    ]);
  });

  test('tell how it stands with comparisons, as far as there were any', async () => {
    const one = shownOf({ registries: [registry('a'), registry('b'), registry('c')] });
    one.drift.set('a', { at: NOW - 60_000 });
    one.drift.set('b', { at: NOW, failure: new Error('no') });
    expect(await samplesOf(one, 'ecr_operator_registry_drift_check_age_seconds')).toEqual([
      '{registry="a"} 60',
    ]);
    expect(await samplesOf(one, 'ecr_operator_registry_next_drift_check_seconds')).toEqual([
      '{registry="a"} 0',
    ]);
    one.advance(HOUR);
    expect(await samplesOf(one, 'ecr_operator_registry_next_drift_check_seconds')).toEqual([
      '{registry="a"} -3600',
    ]);
    expect(await samplesOf(one, 'ecr_operator_registry_drift_check_failing')).toEqual([
      '{registry="a"} 0',
      '{registry="b"} 1',
    ]);
  });
});

describe('tokens', () => {
  const things = {
    registries: [registry()],
    namespaces: [namespace('team'), namespace('other')],
    clusterPullSecrets: [clusterPullSecret()],
    secrets: [
      secret(),
      secret({
        namespace: 'other',
        logins: [login({ issuedAt: NOW - HOUR, expiresAt: NOW + 11 * HOUR, rotateAt: NOW + 5 * HOUR })],
      }),
    ],
  };
  const tokenOf = async (one: ReturnType<typeof shownOf>) => ({
    secrets: await samplesOf(one, 'ecr_operator_token_secrets'),
    expiry: await samplesOf(one, 'ecr_operator_token_expiry_seconds'),
    age: await samplesOf(one, 'ecr_operator_token_age_seconds'),
    next: await samplesOf(one, 'ecr_operator_token_next_rotation_seconds'),
  });
  const labels = '{registry="default",scope="PullOnly"}';

  test('are told of by the Secret that is worst off', async () => {
    const one = shownOf(things);
    demanded(one.world);
    expect(await tokenOf(one)).toEqual({
      secrets: [`${labels} 2`],
      expiry: [`${labels} ${11 * 3_600}`],
      age: [`${labels} 3600`],
      next: [`${labels} ${5 * 3_600}`],
    });
    one.advance(12 * HOUR);
    expect((await tokenOf(one)).expiry).toEqual([`${labels} -3600`]);
    expect((await tokenOf(one)).next).toEqual([`${labels} ${-7 * 3_600}`]);
  });

  test('that are to run out are left out: of a pull secret that is suspended, and such as nobody wants', async () => {
    const suspended = shownOf({
      ...things,
      clusterPullSecrets: [clusterPullSecret('all', { suspend: true })],
    });
    demanded(suspended.world);
    expect((await tokenOf(suspended)).secrets).toEqual([]);
    const unwanted = shownOf({ ...things, clusterPullSecrets: [] });
    demanded(unwanted.world);
    expect((await tokenOf(unwanted)).secrets).toEqual([]);
    const foreign = shownOf({ ...things, secrets: [secret({ managed: false })] });
    demanded(foreign.world);
    expect((await tokenOf(foreign)).secrets).toEqual([]);
  });

  test('that cannot be had are counted by reason, those of Registries that are not there under one name', async () => {
    const named = (name: string) => pullSecret(name, { registries: [{ name }] }, { namespace: name });
    const one = shownOf({
      registries: [registry('a')],
      namespaces: [namespace('a'), namespace('b'), namespace('c')],
      pullSecrets: [named('a'), named('b'), named('c')],
    });
    demanded(one.world);
    one.world.tokens.set('a|', { failure: { reason: 'AccessDenied', message: 'no' } });
    for (const id of ['b|', 'c|'])
      one.world.tokens.set(id, { failure: { reason: 'RegistryNotFound', message: 'no' } });
    expect(await samplesOf(one, 'ecr_operator_tokens_failing')).toEqual([
      '{registry="(none)",reason="RegistryNotFound"} 2',
      '{registry="a",reason="AccessDenied"} 1',
    ]);
  });
});

test('namespaces are counted for each ClusterPullSecret, and for all PullSecrets together', async () => {
  const served = (matched: number, ready: number, failed: number): { readonly status: PullSecretStatus } => ({
    status: { namespaces: { matched, ready, failed } },
  });
  const one = shownOf({
    clusterPullSecrets: [
      { ...clusterPullSecret('all'), ...served(10, 7, 2) },
      { ...clusterPullSecret('off', { suspend: true }), ...served(5, 5, 0) },
    ],
    pullSecrets: [
      { ...pullSecret('a'), ...served(1, 1, 0) },
      { ...pullSecret('b'), ...served(1, 0, 1) },
      pullSecret('new'),
    ],
  });
  expect(await samplesOf(one, 'ecr_operator_pull_secret_namespaces')).toEqual([
    '{kind="ClusterPullSecret",name="all",state="failed"} 2',
    '{kind="ClusterPullSecret",name="all",state="pending"} 1',
    '{kind="ClusterPullSecret",name="all",state="ready"} 7',
    '{kind="PullSecret",name="",state="failed"} 1',
    '{kind="PullSecret",name="",state="pending"} 1',
    '{kind="PullSecret",name="",state="ready"} 1',
  ]);
});

test('images and findings are added up for each Registry, as the cache keeps them', async () => {
  const scanned = (findings: Record<string, number>) => ({
    digest: 'sha256:1',
    scan: { status: 'COMPLETE', findings },
  });
  const cached = (name: string, images: readonly object[]) =>
    repositoryState(
      repository({}, { name }, { imageCount: 3, sizeBytes: 100, images: images as never }) as never,
    );
  const one = shownOf({
    registries: [registry()],
    repositories: [
      cached('a', [scanned({ CRITICAL: 1, LOW: 4 }), scanned({ CRITICAL: 2, STRANGE: 5 })]),
      cached('b', [scanned({ CRITICAL: 3 })]),
      repository({ registryRef: { name: 'not-there' } }, { name: 'c' }),
    ],
  });
  expect(await samplesOf(one, 'ecr_operator_image_findings')).toEqual([
    '{registry="default",severity="CRITICAL"} 6',
    '{registry="default",severity="LOW"} 4',
    '{registry="default",severity="OTHER"} 5',
  ]);
  expect(await samplesOf(one, 'ecr_operator_images')).toEqual([
    '{registry="(none)"} 0',
    '{registry="default"} 6',
  ]);
  expect(await samplesOf(one, 'ecr_operator_images_bytes')).toEqual([
    '{registry="(none)"} 0',
    '{registry="default"} 200',
  ]);
  expect(await samplesOf(one, 'ecr_operator_repositories')).toEqual([
    '{registry="(none)"} 1',
    '{registry="default"} 2',
  ]);
});

test('a Registry that is gone leaves no series behind', async () => {
  const one = shownOf({ registries: [registry('a'), registry('b', { region: 'eu-west-1' })] });
  for (const name of ['a', 'b']) {
    one.counters.issued(name);
    one.counters.notIssued(name, 'AccessDenied');
    one.drift.set(name, { at: NOW });
  }
  for (const region of ['us-east-1', 'eu-west-1']) call(one, region);
  const showing = async () =>
    (await one.metrics.text()).split('\n').filter((line) => /"b"|eu-west-1/.test(line));
  expect((await showing()).length).toBeGreaterThan(10);
  one.removeRegistry('b');
  expect(await showing()).toEqual([]);
  expect(await samplesOf(one, 'ecr_operator_tokens_issued_total')).toEqual(['{registry="a"} 1']);
});

test('while it stands by, a replica tells of no state, and of leading nothing that was', async () => {
  const one = shownOf({ registries: [registry('a')] });
  expect(await samplesOf(one, 'ecr_operator_registry_info')).toHaveLength(1);
  one.metrics.followLeader(() => false);
  const text = await one.metrics.text();
  expect(text).toContain('# HELP ecr_operator_registry_info ');
  expect(
    text.split('\n').filter((line) => /^ecr_operator_(registry|objects|pull|token_|image)/.test(line)),
  ).toEqual([]);
});

function call(one: ReturnType<typeof shownOf>, region: string): void {
  one.counters.awsCall({
    service: 'ecr',
    operation: 'DescribeRepositories',
    result: 'ok',
    seconds: 0.1,
    place: { accountId: '123456789012', region },
  });
}
