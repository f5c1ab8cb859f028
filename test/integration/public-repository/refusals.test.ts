import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { conditionOf, core, readyOf } from '../repository/ecr-lab.ts';
import {
  PUBLIC_EVERYTHING,
  type PublicLab,
  type PublicSettings,
  publicArn,
  publicPolicy,
  startPublicLab,
} from './public-lab.ts';

const NAMESPACE = 'refused';

jest.setTimeout(60_000);

let lab: PublicLab;

beforeAll(async () => {
  lab = await startPublicLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const put = (name: string, settings: PublicSettings = {}) => lab.publicRepository(NAMESPACE, name, settings);
const ready = async (name: string, settings: PublicSettings = {}) => lab.settled(await put(name, settings));

describe('AccessDenied: condition and Event name action and ARN, and it heals by itself', () => {
  const creation: readonly string[] = [
    'DescribeRepositories',
    'CreateRepository',
    'PutRepositoryCatalogData',
    'SetRepositoryPolicy',
  ];
  const others = [
    'ListTagsForResource',
    'GetRepositoryCatalogData',
    'GetRepositoryPolicy',
    'TagResource',
    'UntagResource',
  ];
  test.each([...creation, ...others])('ecr-public:%s', async (operation) => {
    const action = `ecr-public:${operation}`;
    const name = operation.toLowerCase();
    const changed = { ...PUBLIC_EVERYTHING, tags: { cost: 'b' } };
    if (!creation.includes(operation)) await ready(name, PUBLIC_EVERYTHING);
    const resource = publicArn(name);
    const fault = lab.aws.faults.add({ match: { action, resource }, fault: { kind: 'access-denied' } });
    const object = await put(name, creation.includes(operation) ? PUBLIC_EVERYTHING : changed);
    const refused = await lab.settled(object, 'AccessDenied');
    const { message } = readyOf(refused);
    expect(message).toContain(`${action} on ${resource}: AccessDeniedException: User: `);
    expect(message).toContain(`is not authorized to perform: ${action} on resource: ${resource} because`);
    expect(message).toMatch(/\(request id [0-9a-f-]{36}\)$/);
    expect(conditionOf(refused, 'Reconciling')?.reason).toBe('AccessDenied');
    expect((await lab.event(object, 'AccessDenied', action)).type).toBe('Warning');
    const before = await lab.admin.get(object);
    const goal = fault.hits() + 2;
    const later = async () => {
      await lab.advance(20_000);
      return fault.hits();
    };
    await waitFor(later, { what: 'two retries', until: (hits) => hits >= goal, intervalMs: 100 });
    expect(await lab.admin.get(object)).toEqual(before);
    fault.remove();
    await lab.settledInTime(refused);
  });

  test.each(['DescribeImages', 'DeleteRepository'])('ecr-public:%s, at the deletion', async (operation) => {
    const action = `ecr-public:${operation}`;
    const name = `end-${operation.toLowerCase()}`;
    const object = await ready(name, { deletionPolicy: 'Delete' });
    const match = { action, resource: publicArn(name) };
    const fault = lab.aws.faults.add({ match, fault: { kind: 'access-denied' } });
    await lab.admin.delete(object);
    expect(readyOf(await lab.settled(object, 'AccessDenied')).message).toContain(`${action} on `);
    fault.remove();
    await lab.goneInTime(object);
  });
});

describe('what AWS refuses otherwise', () => {
  test('a throttle is repeated at once, and nobody sees it', async () => {
    const match = { action: 'ecr-public:*', resource: publicArn('busy') };
    const fault = lab.aws.faults.add({ match, fault: { kind: 'throttle' }, times: 2 });
    const object = await ready('busy');
    expect(fault.hits()).toBe(2);
    expect((await lab.events(object)).map(({ reason }) => reason)).not.toContain('Throttled');
  });

  test('a quota is told in AWS’s words, and nothing else is tried', async () => {
    const match = { action: 'ecr-public:CreateRepository', resource: publicArn('many') };
    lab.aws.faults.add({ match, fault: { kind: 'quota' }, times: 1 });
    const object = await lab.settled(await put('many', PUBLIC_EVERYTHING), 'QuotaExceeded');
    expect(readyOf(object).message).toContain('would have exceeded a service limit');
    expect(lab.gallery.repository('many')).toBeUndefined();
  });

  test('a policy for a principal that does not exist is told, and put when it is there', async () => {
    lab.aws.addAccount('210987654321');
    const arn = 'arn:aws:iam::210987654321:role/later';
    const document = publicPolicy(arn);
    const object = await lab.settled(await put('principal', { policy: { document } }), 'PrincipalNotFound');
    expect(readyOf(object).message).toContain(`AWS knows nothing of one of: ${arn}`);
    expect(object.status?.refusedPolicy?.document).toMatch(/^[0-9a-f]{64}$/);
    lab.aws.addRole({ arn });
    const healed = await lab.settledInTime(object);
    expect(healed.status).not.toHaveProperty('refusedPolicy');
  });

  test('a policy that locks the operator out is put where allowLockout says so', async () => {
    const document = publicPolicy('210987654321').replace('"Allow"', '"Deny"').replace('PutImage', '*');
    const lock = document.replace('"AWS":["210987654321"]', '"AWS":"*"');
    const object = await put('locked', { policy: { document: lock } });
    await lab.settled(object, 'InvalidParameter');
    const spec = { policy: { document: lock, allowLockout: true } };
    await put('locked', spec);
    await waitFor(() => lab.shown('locked').policyText, { what: 'the policy' });
  });
});

describe('what is refused before AWS is asked', () => {
  const silent = (name: string) => expect(lab.publicCalls(name)).toEqual([]);

  test('without the word Public, which the message names', async () => {
    const object = await lab.settled(
      await put('unnamed', { registryRef: { name: 'default' } }),
      'TenancyDenied',
    );
    expect(readyOf(object).message).toBe(
      `namespace ${NAMESPACE} lacks the word Public for repository unnamed: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it`,
    );
    expect(conditionOf(object, 'Stalled')?.status).toBe('True');
    silent('unnamed');
  });

  test('a name outside of the prefixes; the labels of the namespace are followed', async () => {
    const namespaceSelector = { matchLabels: { team: 'a' } };
    const rule = { namespaceSelector, repositoryPrefixes: ['team-a'], allow: ['Public'] } as const;
    const rules = [{ ...rule, allow: [...rule.allow], repositoryPrefixes: [...rule.repositoryPrefixes] }];
    await lab.registry('prefixed', { tenancy: { rules } });
    const registryRef = { name: 'prefixed' };
    const app = await put('app', { registryRef, name: 'team-a/app' });
    const stray = await put('stray', { registryRef, name: 'team-ab/app' });
    await lab.settled(app, 'TenancyDenied');
    const label = (team: string | null) =>
      lab.admin.patch(core('Namespace', NAMESPACE), { metadata: { labels: { team } } });
    await label('a');
    await lab.settled(app);
    await lab.settled(stray, 'TenancyDenied');
    silent('team-ab/app');
    await label(null);
    await lab.settled(app, 'TenancyDenied');
  });

  test('a policy document without Share', async () => {
    await lab.registry('unshared', { tenancy: { rules: [{ allow: ['Public'] }] } });
    const policy = { document: publicPolicy(ACCOUNT) };
    const object = await put('shared', { registryRef: { name: 'unshared' }, policy });
    expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toContain('the word Share');
    silent('shared');
  });

  test('a document that is no JSON', async () => {
    const object = await put('nonsense', { policy: { document: '{ not JSON' } });
    expect(readyOf(await lab.settled(object, 'InvalidDocument')).message).toContain('spec.policy.document');
    silent('nonsense');
  });

  test.each([
    ['us-gov-west-1', 'PublicNotAvailable', 'there is no ECR Public for the region us-gov-west-1'],
    ['cn-north-1', 'PublicNotAvailable', 'refer to a Registry of the partition aws'],
  ])('a Registry in %s, also at the deletion', async (region, reason, says) => {
    const rules = [{ allow: ['Public' as const] }];
    await lab.registry(region, { region, tenancy: { rules } });
    const spec = { registryRef: { name: region }, deletionPolicy: 'Delete' } as const;
    const object = await put(`in-${region}`, spec);
    expect(readyOf(await lab.settled(object, reason)).message).toContain(says);
    await lab.event(object, reason);
    await lab.admin.delete(object);
    await lab.gone(object);
    silent(`in-${region}`);
  });

  test('a Registry that is only pulled from, that is suspended, or that is not there', async () => {
    await lab.registry('pulled', { access: 'PullOnly' });
    await lab.registry('paused', { suspend: true });
    for (const [name, reason] of [
      ['pulled', 'RegistryPullOnly'],
      ['paused', 'RegistrySuspended'],
      ['absent', 'RegistryNotFound'],
    ] as const) {
      await lab.settled(await put(`by-${name}`, { registryRef: { name } }), reason);
      silent(`by-${name}`);
    }
  });
});

describe('mode Observe', () => {
  test('tells every difference and writes nothing; nothing of it stays when the object goes', async () => {
    lab.gallery.addRepository('theirs', {
      catalog: { description: 'theirs' },
      tags: new Map([['team', 'x']]),
    });
    const before = structuredClone(lab.shown('theirs'));
    lab.aws.actions.clear();
    const spec = { ...PUBLIC_EVERYTHING, mode: 'Observe', deletionPolicy: 'DeleteWithImages' } as const;
    const object = await lab.settled(await put('theirs', spec), 'DriftObserved');
    for (const part of [
      'team from x to payments',
      'description from "theirs" to "What it is"',
      'architectures from none to x86-64, ARM 64',
      'logoImage to put in the place of none',
      'repository policy: statement push to add',
    ])
      expect(readyOf(object).message).toContain(part);
    expect(object.status?.drift?.map(({ mended }) => mended)).toEqual([false, false, false]);
    await lab.event(object, 'DriftObserved');
    await lab.publicPass(NAMESPACE, 'theirs');
    await lab.admin.delete(object);
    await lab.gone(object);
    // Others of this namespace, which the pass reaches too, may have been mended meanwhile.
    const writes = lab.aws.actions.writes().filter(({ resource }) => resource === publicArn('theirs'));
    expect(writes).toEqual([]);
    expect(structuredClone(lab.shown('theirs'))).toEqual(before);
  });

  test('takes a logo that is there for the declared one, and tells of a repository that is not there', async () => {
    lab.gallery.addRepository('logo', { catalog: { logo: 'eA==', logoUrl: 'https://logos.example.com/x' } });
    const { logoImage } = PUBLIC_EVERYTHING.catalogData;
    const object = await put('logo', { mode: 'Observe', catalogData: { logoImage } });
    expect(readyOf(await lab.settled(object)).message).toBe(
      'ECR holds what is declared, and mode: Observe writes nothing',
    );
    const absent = await lab.settled(
      await put('absent', { ...PUBLIC_EVERYTHING, mode: 'Observe' }),
      'DriftObserved',
    );
    expect(readyOf(absent).message).toBe(
      'ECR differs, and mode: Observe writes nothing: there is no ECR Public repository absent',
    );
  });

  test('shows what exists to those only who might take it over', async () => {
    lab.gallery.addRepository('secret', { catalog: { description: 'secret' } });
    await lab.registry('observing', { tenancy: { rules: [{ allow: ['Public'] }] } });
    const registryRef = { name: 'observing' };
    const object = await put('secret', { registryRef, mode: 'Observe', catalogData: { description: 'x' } });
    const refused = await lab.settled(object, 'TenancyDenied');
    expect(JSON.stringify(refused.status)).not.toContain('public.ecr.aws');
    expect(readyOf(refused).message).toContain('the word Adopt');
  });
});
