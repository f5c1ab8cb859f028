import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { POLICY } from './documents.ts';
import {
  callsOn,
  conditionOf,
  core,
  type EcrLab,
  OWNER_TAG,
  type RepositoryObject,
  type RepositorySettings,
  readyOf,
  startEcrLab,
} from './ecr-lab.ts';

const NAMESPACE = 'adopting';
const OTHER = 'other-cluster/team/web';

jest.setTimeout(60_000);

let lab: EcrLab;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const open = { registryRef: { name: 'open' } };

/** What was in ECR before. */
type Present = 'nothing' | 'unowned' | 'another’s' | 'ours';

interface Case {
  readonly adoption: NonNullable<RepositorySettings['adoption']> | 'left open';
  readonly present: Present;
  /** The words that the namespace has. */
  readonly registry: 'open' | 'default';
  /** The reason of Ready; what is not Ready leaves ECR as it was. */
  readonly reason: string;
  readonly says?: RegExp;
}

describe('an ECR repository that', () => {
  test.each<Case>([
    { adoption: 'left open', present: 'nothing', registry: 'default', reason: 'Ready' },
    { adoption: 'Never', present: 'nothing', registry: 'default', reason: 'Ready' },
    { adoption: 'IfExists', present: 'nothing', registry: 'default', reason: 'Ready' },
    {
      adoption: 'Only',
      present: 'nothing',
      registry: 'open',
      reason: 'RepositoryNotFound',
      says: /makes none/,
    },
    { adoption: 'left open', present: 'unowned', registry: 'open', reason: 'Ready' },
    { adoption: 'IfUnowned', present: 'unowned', registry: 'open', reason: 'Ready' },
    { adoption: 'IfExists', present: 'unowned', registry: 'open', reason: 'Ready' },
    { adoption: 'Only', present: 'unowned', registry: 'open', reason: 'Ready' },
    {
      adoption: 'Never',
      present: 'unowned',
      registry: 'open',
      reason: 'RepositoryExists',
      says: /IfUnowned/,
    },
    {
      adoption: 'left open',
      present: 'unowned',
      registry: 'default',
      reason: 'TenancyDenied',
      says: /the word Adopt/,
    },
    {
      adoption: 'Only',
      present: 'unowned',
      registry: 'default',
      reason: 'TenancyDenied',
      says: /the word Adopt/,
    },
    {
      adoption: 'left open',
      present: 'another’s',
      registry: 'open',
      reason: 'OwnedByAnother',
      says: new RegExp(OTHER),
    },
    {
      adoption: 'Only',
      present: 'another’s',
      registry: 'open',
      reason: 'OwnedByAnother',
      says: new RegExp(OTHER),
    },
    {
      adoption: 'Never',
      present: 'another’s',
      registry: 'open',
      reason: 'OwnedByAnother',
      says: new RegExp(OTHER),
    },
    { adoption: 'IfExists', present: 'another’s', registry: 'open', reason: 'Ready' },
    {
      adoption: 'IfExists',
      present: 'another’s',
      registry: 'default',
      reason: 'TenancyDenied',
      says: /Adopt/,
    },
    { adoption: 'Never', present: 'ours', registry: 'default', reason: 'Ready' },
    { adoption: 'left open', present: 'ours', registry: 'default', reason: 'Ready' },
  ])('is $present, with adoption $adoption, in a Registry $registry: $reason', async (one) => {
    const { adoption, present, registry, reason, says = '' } = one;
    const name = `${adoption.replace(' ', '-')}-${present.slice(0, 4)}-${registry}`.toLowerCase();
    const owner = `${lab.cluster}/${NAMESPACE}/${name}`;
    if (present !== 'nothing') {
      const tags = { unowned: [], 'another’s': [[OWNER_TAG, OTHER]], ours: [[OWNER_TAG, owner]] }[present];
      lab.ecr.addRepository(name, { tags: new Map(tags as [string, string][]) });
    }
    const before = structuredClone(lab.ecr.repository(name));
    const object = await lab.settled(
      await lab.repository(NAMESPACE, name, {
        registryRef: { name: registry },
        scanOnPush: true,
        ...(adoption === 'left open' ? {} : { adoption }),
      }),
      reason,
    );
    expect(readyOf(object).message).toMatch(says);
    if (reason === 'Ready') {
      expect(lab.held(name)).toMatchObject({ scanOnPush: true });
      expect(lab.held(name).tags.get(OWNER_TAG)).toBe(owner);
      return;
    }
    expect(structuredClone(lab.ecr.repository(name))).toEqual(before);
    const stalled = conditionOf(object, 'Stalled')?.reason;
    expect(stalled).toBe(reason === 'RepositoryNotFound' ? undefined : reason);
    await lab.event(object, reason, says);
  });

  test('is waited for (Only) is taken over when somebody has made it', async () => {
    const object = await lab.repository(NAMESPACE, 'later', { ...open, adoption: 'Only' });
    await lab.settled(object, 'RepositoryNotFound');
    lab.ecr.addRepository('later');
    await lab.settledInTime(object);
    expect(callsOn(lab, 'later')).not.toContain('ecr:CreateRepository');
  });
});

describe('two Repositories for one ECR name', () => {
  const quiet = async (ecrName: string, ...objects: readonly RepositoryObject[]) => {
    // Who has it looks at the images by and by.
    const isHeld = (object: RepositoryObject) => conditionOf(object, 'Synced')?.status === 'True';
    const before = await Promise.all(
      objects.map((object) => (isHeld(object) ? lab.looked(object) : lab.admin.get(object))),
    );
    lab.aws.actions.clear();
    for (const { metadata } of objects) await lab.pass(metadata.namespace ?? '', ecrName);
    expect(lab.aws.actions.writes()).toEqual([]);
    expect(await Promise.all(objects.map((object) => lab.admin.get(object)))).toEqual(before);
  };

  test('the holder keeps it, the other names the holder, and they do not fight', async () => {
    await lab.namespace('holder');
    await lab.namespace('second');
    const settings = { ...open, name: 'shared/app' };
    const holder = await lab.settled(
      await lab.repository('holder', 'app', { ...settings, scanOnPush: true }),
    );
    const second = await lab.settled(
      await lab.repository('second', 'app', { ...settings, scanOnPush: false }),
      'OwnedByAnother',
    );
    expect(readyOf(second).message).toContain(`belongs to ${lab.cluster}/holder/app `);
    await quiet('shared/app', holder, second);
    expect(lab.held('shared/app').scanOnPush).toBe(true);
  });

  test('both made at once: one has it, the other names that one', async () => {
    await lab.namespace('race');
    const settings = { ...open, name: 'race/app' };
    const both = await Promise.all([
      lab.repository('race', 'a', settings),
      lab.repository('race', 'b', settings),
    ]);
    const settled = await Promise.all(
      both.map((object) =>
        waitFor(() => lab.admin.get<RepositoryObject>(object), {
          what: `${object.metadata.name} to be settled`,
          until: (now) => ['Ready', 'OwnedByAnother'].includes(readyOf(now).reason ?? ''),
        }),
      ),
    );
    expect(settled.map((object) => readyOf(object).reason).sort()).toEqual(['OwnedByAnother', 'Ready']);
    const holder = settled.find((object) => readyOf(object).reason === 'Ready');
    const loser = settled.find((object) => object !== holder);
    expect(readyOf(loser).message).toContain(`belongs to ${lab.cluster}/race/${holder?.metadata.name} `);
    const made = lab.aws.actions.all().filter(({ action, params, result }) => {
      return action === 'ecr:CreateRepository' && params['repositoryName'] === 'race/app' && result === 'ok';
    });
    expect(made).toHaveLength(1);
  });

  test('one that was taken over by IfExists is not taken back', async () => {
    await lab.namespace('loser');
    await lab.namespace('taker');
    const settings = { ...open, name: 'taken/app', adoption: 'IfExists' } as const;
    const loser = await lab.settled(await lab.repository('loser', 'app', settings));
    const taker = await lab.settled(await lab.repository('taker', 'app', settings));
    await lab.pass('loser', 'taken/app');
    const lost = await lab.settled(loser, 'OwnedByAnother');
    expect(readyOf(lost).message).toMatch(/\/taker\/app .*delete the other object/);
    await quiet('taken/app', lost, taker);
  });
});

describe('tenancy', () => {
  test('a raw policy document needs Share, and the missing word is named', async () => {
    const object = await lab.settled(
      await lab.repository(NAMESPACE, 'sharing', { policy: { document: POLICY } }),
      'TenancyDenied',
    );
    expect(readyOf(object).message).toBe(
      `namespace ${NAMESPACE} lacks the word Share for repository sharing: ask whoever owns the Registry for a rule in spec.tenancy.rules of Registry default that allows it`,
    );
    expect(lab.ecr.repository('sharing')).toBeUndefined();
    await lab.settled(await lab.repository(NAMESPACE, 'sharing', {}));
  });

  test('goes by the labels of the namespace, and follows them', async () => {
    await lab.registry('labelled', {
      tenancy: {
        rules: [
          {
            namespaceSelector: { matchLabels: { team: 'a' } },
            repositoryPrefixes: ['team-a'],
            allow: ['Create'],
          },
        ],
      },
    });
    await lab.namespace('labelled');
    const settings = { registryRef: { name: 'labelled' }, scanOnPush: true };
    const app = await lab.repository('labelled', 'app', { ...settings, name: 'team-a/app' });
    const stray = await lab.repository('labelled', 'stray', { ...settings, name: 'team-ab/app' });
    expect(readyOf(await lab.settled(app, 'TenancyDenied')).message).toContain('the word Create');
    const label = async (team: string | null) =>
      lab.admin.patch(core('Namespace', 'labelled'), { metadata: { labels: { team } } });
    await label('a');
    await lab.settled(app);
    await lab.settled(stray, 'TenancyDenied');
    expect(lab.ecr.repository('team-ab/app')).toBeUndefined();
    await label(null);
    await lab.settled(app, 'TenancyDenied');
    lab.held('team-a/app').scanOnPush = false;
    await lab.admin.patch(app, { spec: { tags: { look: 'again' } } });
    await lab.settled(app, 'TenancyDenied');
    expect(lab.held('team-a/app')).toMatchObject({ scanOnPush: false });
    expect(lab.held('team-a/app').tags.has('look')).toBe(false);
  });

  test('a repository that somebody made anew under our name is not ours: it needs Adopt', async () => {
    await lab.namespace('remade');
    const object = await lab.settled(await lab.repository('remade', 'remade'));
    lab.ecr.removeRepository('remade');
    lab.ecr.addRepository('remade', { createdAt: new Date('2020-01-01T00:00:00Z') });
    await lab.admin.patch(core('Namespace', 'remade'), { metadata: { labels: { look: 'again' } } });
    expect(readyOf(await lab.settled(object, 'TenancyDenied')).message).toContain('the word Adopt');
    expect([...lab.held('remade').tags]).toEqual([]);
  });

  test('a Registry that allows more lets through what waited', async () => {
    const rules = (allow: 'Create' | 'Pull') => ({ tenancy: { rules: [{ allow: [allow] }] } });
    await lab.registry('growing', rules('Pull'));
    const object = await lab.repository(NAMESPACE, 'growing', { registryRef: { name: 'growing' } });
    await lab.settled(object, 'TenancyDenied');
    await lab.registry('growing', rules('Create'));
    await lab.settled(object);
  });
});
