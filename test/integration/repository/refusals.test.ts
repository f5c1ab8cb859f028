import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { EVERYTHING, lifecycleKeeping, policyFor } from './documents.ts';
import {
  callsOn,
  conditionOf,
  type EcrLab,
  OWNER_TAG,
  type RepositoryObject,
  type RepositorySettings,
  readyOf,
  repositoryArn,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'refused';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const put = (name: string, settings: RepositorySettings = {}) =>
  lab.repository(NAMESPACE, name, { registryRef: { name: 'open' }, ...settings });
const ready = async (name: string, settings?: RepositorySettings) => lab.settled(await put(name, settings));

const deny = (action: string, name: string) =>
  lab.aws.faults.add({ match: { action, resource: repositoryArn(name) }, fault: { kind: 'access-denied' } });

/** Two more passes; the object stays as it was, whatever the answers were. */
async function retriesChangeNothing(object: RepositoryObject, hits: () => number): Promise<void> {
  const before = await lab.admin.get(object);
  const events = await lab.events(object);
  const goal = hits() + 3;
  const read = async () => {
    await lab.advance(20_000);
    return hits();
  };
  await waitFor(read, { what: 'three retries', until: (now) => now >= goal, intervalMs: 100 });
  expect(await lab.admin.get(object)).toEqual(before);
  // A repetition may come as a higher count of the same Event.
  expect((await lab.events(object)).map(({ metadata }) => metadata.name).sort()).toEqual(
    events.map(({ metadata }) => metadata.name).sort(),
  );
}

const { tagMutabilityExclusionFilters: _, ...PLAIN } = EVERYTHING;
const CHANGED = {
  ...PLAIN,
  tagMutability: 'IMMUTABLE',
  scanOnPush: false,
  tags: { team: 'search' },
  lifecycle: { document: lifecycleKeeping(5) },
  policy: { document: policyFor('444444444444') },
} as const satisfies RepositorySettings;

describe('AccessDenied: condition and Event name action and resource, nothing is rewritten, and it heals by itself', () => {
  /** What brings the operator to call the action. */
  const creation: readonly string[] = [
    'ecr:DescribeRepositories',
    'ecr:CreateRepository',
    'ecr:PutLifecyclePolicy',
    'ecr:SetRepositoryPolicy',
  ];
  const others = [
    'ecr:ListTagsForResource',
    'ecr:GetLifecyclePolicy',
    'ecr:GetRepositoryPolicy',
    'ecr:PutImageTagMutability',
    'ecr:PutImageScanningConfiguration',
    'ecr:TagResource',
    'ecr:UntagResource',
  ];
  test.each([...creation, ...others])('%s', async (action) => {
    const name = action.slice(4).toLowerCase();
    if (!creation.includes(action)) await lab.looked(await ready(name, EVERYTHING));
    const fault = deny(action, name);
    const object = await put(name, creation.includes(action) ? EVERYTHING : CHANGED);
    const refused = await lab.settled(object, 'AccessDenied');
    const { message } = readyOf(refused);
    expect(message).toContain(`${action} on ${repositoryArn(name)}: AccessDeniedException: User: `);
    expect(message).toContain(
      `is not authorized to perform: ${action} on resource: ${repositoryArn(name)} because`,
    );
    expect(message).toMatch(/\(request id [0-9a-f-]{36}\)$/);
    expect(conditionOf(refused, 'Reconciling')?.reason).toBe('AccessDenied');
    const event = await lab.event(object, 'AccessDenied', action);
    expect(event.type).toBe('Warning');
    expect(event.message).toContain(repositoryArn(name));
    await retriesChangeNothing(refused, fault.hits);
    fault.remove();
    await lab.settledInTime(refused);
  });

  test('ecr:DeleteRepository', async () => {
    const object = await lab.looked(await ready('deleterepository', { deletionPolicy: 'Delete' }));
    const fault = deny('ecr:DeleteRepository', 'deleterepository');
    await lab.admin.delete(object);
    const refused = await lab.settled(object, 'AccessDenied');
    expect(readyOf(refused).message).toContain('ecr:DeleteRepository on arn:aws:ecr:');
    await lab.event(object, 'AccessDenied', 'ecr:DeleteRepository');
    await retriesChangeNothing(refused, fault.hits);
    expect(lab.ecr.repository('deleterepository')).toBeDefined();
    fault.remove();
    await lab.advance(330_000);
    await lab.gone(object);
  });
});

describe('one setting that AWS refuses', () => {
  test('keeps no other back', async () => {
    await ready('one-refused', EVERYTHING);
    const fault = deny('ecr:PutLifecyclePolicy', 'one-refused');
    const refused = await lab.settled(await put('one-refused', CHANGED), 'AccessDenied');
    expect(lab.held('one-refused')).toMatchObject({ scanOnPush: false, mutability: 'IMMUTABLE' });
    expect(Object.fromEntries(lab.held('one-refused').tags)).toEqual({
      team: 'search',
      [OWNER_TAG]: expect.any(String),
    });
    expect(lab.held('one-refused').policyText).toContain('444444444444');
    fault.remove();
    await lab.settledInTime(refused);
    expect(lab.held('one-refused').lifecycle?.text).toBe(CHANGED.lifecycle.document);
  });

  test('does not hide that the repository was made', async () => {
    const fault = deny('ecr:PutLifecyclePolicy', 'half-made');
    const refused = await lab.settled(await put('half-made', EVERYTHING), 'AccessDenied');
    expect(refused.status).toMatchObject({
      arn: repositoryArn('half-made'),
      uri: expect.stringContaining('/half-made'),
      managedTagKeys: [OWNER_TAG, 'stage', 'team'],
    });
    await lab.event(refused, 'Created');
    // A tag that is not declared any more goes although no pass was ever complete.
    await lab.settled(await put('half-made', { ...EVERYTHING, tags: { team: 'payments' } }), 'AccessDenied');
    expect([...lab.held('half-made').tags.keys()].sort()).toEqual([OWNER_TAG, 'team']);
    fault.remove();
    await lab.settledInTime(refused);
  });

  test('for good does not put off one that a retry mends', async () => {
    const name = 'two-refusals';
    await ready(name, EVERYTHING);
    const invalid = lab.aws.faults.add({
      match: { action: 'ecr:PutLifecyclePolicy', resource: repositoryArn(name) },
      fault: { kind: 'error', name: 'InvalidParameterException', message: 'not like this' },
    });
    const denied = deny('ecr:SetRepositoryPolicy', name);
    const object = await put(name, CHANGED);
    await lab.settled(object, 'AccessDenied');
    denied.remove();
    const refused = await lab.settledInTime(object, 'InvalidParameter');
    expect(conditionOf(refused, 'Stalled')?.message).toContain('not like this');
    expect(lab.held(name).policyText).toContain('444444444444');
    invalid.remove();
    await lab.settledInTime(object, 'Ready', 4_000_000);
  });
});

describe('what cannot be', () => {
  test.each<[string, RepositorySettings]>([
    ['type', { encryption: { type: 'KMS' } }],
    ['key', { encryption: { type: 'KMS', kmsKey: 'arn:aws:kms:us-east-1:123456789012:key/other' } }],
  ])('another encryption %s is Stalled, and nothing is touched', async (what, settings) => {
    const name = `encrypted-${what}`;
    lab.ecr.addRepository(name, {
      ...(what === 'key'
        ? { encryption: { encryptionType: 'KMS', kmsKey: 'arn:aws:kms:us-east-1:123456789012:key/mine' } }
        : {}),
    });
    const before = structuredClone(lab.held(name));
    const object = await lab.settled(
      await put(name, { ...settings, scanOnPush: true }),
      'EncryptionImmutable',
    );
    expect(conditionOf(object, 'Stalled')?.reason).toBe('EncryptionImmutable');
    expect(readyOf(object).message).toMatch(what === 'key' ? /key\/mine.*key\/other/ : /AES256.*KMS/);
    expect(structuredClone(lab.held(name))).toEqual(before);
  });

  test.each<[string, RepositorySettings, RegExp]>([
    [
      'lifecycle',
      { lifecycle: { document: EVERYTHING.lifecycle.document.replace(/\]\s*\}$/, ', ] }') } },
      // Of a long text JSON.parse shows the place by what stands around it.
      /spec\.lifecycle\.document is not JSON: Unexpected token ']', \.\.\.".*, ] }"/s,
    ],
    [
      'policy',
      { policy: { document: '{ Version: 1 }' } },
      /spec\.policy\.document is not JSON: .*(position|line)/,
    ],
  ])(
    'a %s document that is no JSON is Stalled and says what is wrong, and where',
    async (what, settings, words) => {
      const object = await lab.settled(await put(`invalid-${what}`, settings), 'InvalidDocument');
      expect(readyOf(object).message).toMatch(words);
      expect(conditionOf(object, 'Stalled')?.reason).toBe('InvalidDocument');
      expect(callsOn(lab, `invalid-${what}`)).toEqual([]);
      await lab.settled(await put(`invalid-${what}`, {}));
    },
  );

  test('a document that only ECR can judge is Stalled with its words', async () => {
    const document = lifecycleKeeping(5).replace('"expire"', '"explode"');
    const object = await lab.settled(await put('judged', { lifecycle: { document } }), 'InvalidParameter');
    expect(conditionOf(object, 'Stalled')?.message).toMatch(/ecr:PutLifecyclePolicy on .*explode/);
    await lab.settled(await put('judged', { lifecycle: { document: lifecycleKeeping(5) } }));
  });

  test('more repositories than the quota: Stalled as QuotaExceeded, and made when there is room', async () => {
    const quota = lab.ecr.registry.repositoryQuota;
    lab.ecr.registry.repositoryQuota = 0;
    try {
      const object = await lab.settled(await put('over-quota'), 'QuotaExceeded');
      expect(conditionOf(object, 'Stalled')?.message).toContain('ecr:CreateRepository on');
      lab.ecr.registry.repositoryQuota = quota;
      await lab.settledInTime(object, 'Ready', 4_000_000);
    } finally {
      lab.ecr.registry.repositoryQuota = quota;
    }
  });
});
