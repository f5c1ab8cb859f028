import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { PublicCatalog } from '../../lab/aws/public-registry.ts';
import type { Repository as HeldRepository } from '../../lab/aws/registry-state.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { OWNER_TAG, readyOf } from '../repository/ecr-lab.ts';
import {
  logoOf,
  PUBLIC_EVERYTHING,
  type PublicLab,
  type PublicObject,
  type PublicSettings,
  publicArn,
  publicPolicy,
  startPublicLab,
} from './public-lab.ts';

const NAMESPACE = 'fields';

jest.setTimeout(60_000);

let lab: PublicLab;

beforeAll(async () => {
  lab = await startPublicLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const ready = async (name: string, settings: PublicSettings = {}) =>
  lab.settled(await lab.publicRepository(NAMESPACE, name, settings));

interface Field {
  readonly set: PublicSettings;
  readonly change: PublicSettings;
  /** What of the repository the field decides over. */
  readonly of: (live: HeldRepository) => unknown;
  readonly first: unknown;
  readonly second: unknown;
  /** Somebody else changes it. */
  readonly drift: (live: HeldRepository) => void;
  /** What the Event says of that. */
  readonly told: RegExp;
  /** What is left when it is not declared any more; what was there last unless told. */
  readonly unset?: unknown;
}

const changeCatalog = (live: HeldRepository, change: PublicCatalog) =>
  void Object.assign(live, { catalog: { ...live.catalog, ...change } });

function textField(field: 'description' | 'aboutText' | 'usageText'): Field {
  return {
    set: { catalogData: { [field]: 'first' } },
    change: { catalogData: { [field]: 'second' } },
    of: ({ catalog }) => catalog?.[field],
    first: 'first',
    second: 'second',
    drift: (live) => changeCatalog(live, { [field]: 'theirs' }),
    told: new RegExp(`^${field} from "theirs" to "second"$`),
  };
}

function listField(field: 'architectures' | 'operatingSystems', a: string, b: string): Field {
  return {
    set: { catalogData: { [field]: [a] } },
    change: { catalogData: { [field]: [a, b] } },
    of: ({ catalog }) => catalog?.[field],
    first: [a],
    second: [a, b],
    drift: (live) => changeCatalog(live, { [field]: [] }),
    told: new RegExp(`^${field} from none to ${a}, ${b}$`),
  };
}

const FIELDS: Readonly<Record<string, Field>> = {
  'catalogData.description': textField('description'),
  'catalogData.aboutText': textField('aboutText'),
  'catalogData.usageText': textField('usageText'),
  'catalogData.architectures': listField('architectures', 'ARM 64', 'x86-64'),
  'catalogData.operatingSystems': listField('operatingSystems', 'Linux', 'Windows'),
  'catalogData.logoImage': {
    set: { catalogData: { logoImage: logoOf(3) } },
    change: { catalogData: { logoImage: logoOf(6) } },
    of: ({ catalog }) => catalog?.logo,
    first: logoOf(3),
    second: logoOf(6),
    drift: (live) =>
      changeCatalog(live, { logo: 'dGhlaXJz', logoUrl: 'https://logos.example.com/theirs.png' }),
    told: /^logoImage put in the place of https:\/\/logos\.example\.com\/theirs\.png$/,
  },
  'policy.document': {
    set: { policy: { document: publicPolicy('111111111111') } },
    change: { policy: { document: publicPolicy('222222222222') } },
    of: ({ policyText }) => /(1{12}|2{12})/.exec(policyText ?? '')?.[0],
    first: '1'.repeat(12),
    second: '2'.repeat(12),
    drift: (live) => void Object.assign(live, { policyText: undefined }),
    told: /^repository policy: statement push added$/,
  },
  tags: {
    set: { tags: { team: 'a' } },
    change: { tags: { team: 'b' } },
    of: ({ tags }) => tags.get('team') ?? 'none',
    first: 'a',
    second: 'b',
    drift: ({ tags }) => void tags.set('team', 'theirs'),
    told: /^put tags: team from theirs to b$/,
    unset: 'none',
  },
};

describe('a field is set, changed, put right after somebody else changed it, and left out again', () => {
  test.each(Object.entries(FIELDS))('%s', async (what, { set, change, of, first, second, ...rest }) => {
    const name = `f-${Object.keys(FIELDS).indexOf(what)}`;
    const look = () => of(lab.shown(name));
    await ready(name, set);
    expect(look()).toEqual(first);
    const object = await ready(name, change);
    expect(look()).toEqual(second);
    rest.drift(lab.shown(name));
    expect(look()).not.toEqual(second);
    await lab.publicPass(NAMESPACE, name);
    expect(look()).toEqual(second);
    const { message } = await lab.event(object, 'DriftMended');
    expect(message).toMatch(rest.told);
    const after = (await lab.admin.get<PublicObject>(object))?.status?.drift;
    expect(after).toEqual([{ at: expect.any(String), what: message, mended: true }]);
    const left = await ready(name);
    expect(look()).toEqual('unset' in rest ? rest.unset : second);
    expect(left.status).not.toHaveProperty('logo');
  });

  test('the owner tag comes back when somebody takes it away', async () => {
    await ready('owner');
    lab.shown('owner').tags.delete(OWNER_TAG);
    await lab.publicPass(NAMESPACE, 'owner');
    expect(lab.shown('owner').tags.get(OWNER_TAG)).toBe(`${lab.cluster}/${NAMESPACE}/owner`);
  });
});

describe('a whole PublicRepository', () => {
  test('is at ECR Public, told in the status, and looked at again without a write', async () => {
    const object = await ready('whole', PUBLIC_EVERYTHING);
    const live = lab.shown('whole');
    const { logoImage, ...texts } = PUBLIC_EVERYTHING.catalogData;
    expect(live.catalog).toEqual({ ...texts, logo: logoImage, logoUrl: live.catalog?.logoUrl });
    expect([...live.tags].sort()).toEqual([
      [OWNER_TAG, `${lab.cluster}/${NAMESPACE}/whole`],
      ['team', 'payments'],
    ]);
    expect(object.status).toMatchObject({
      arn: publicArn('whole'),
      uri: live.uri,
      registryId: ACCOUNT,
      managedTagKeys: [OWNER_TAG, 'team'],
      logo: { hash: expect.stringMatching(/^[0-9a-f]{64}$/), url: live.catalog?.logoUrl },
    });
    expect((await lab.event(object, 'Created')).message).toContain('made ECR Public repository whole');
    const before = await lab.admin.get(object);
    lab.aws.actions.clear();
    await lab.publicPass(NAMESPACE, 'whole');
    expect(lab.aws.actions.writes()).toEqual([]);
    expect(new Set(lab.publicCalls('whole'))).toEqual(
      new Set(
        [
          'DescribeRepositories',
          'ListTagsForResource',
          'GetRepositoryCatalogData',
          'GetRepositoryPolicy',
        ].map((name) => `ecr-public:${name}`),
      ),
    );
    expect(await lab.admin.get(object)).toEqual(before);
    expect(lab.aws.actions.all().every(({ region }) => region === 'us-east-1')).toBe(true);
  });

  test('leaves alone what it does not declare, also where it writes beside it', async () => {
    lab.gallery.addRepository('beside', {
      catalog: {
        description: 'theirs',
        usageText: 'use it',
        logo: 'eA==',
        logoUrl: 'https://logos.example.com/x',
      },
      policyText: publicPolicy('333333333333'),
      tags: new Map([['kept', 'yes']]),
    });
    await ready('beside', { catalogData: { aboutText: 'ours', usageText: '' } });
    expect(lab.shown('beside')).toMatchObject({
      catalog: { description: 'theirs', aboutText: 'ours', logo: 'eA==' },
      policyText: publicPolicy('333333333333'),
    });
    expect(lab.shown('beside').catalog).not.toHaveProperty('usageText');
    expect(lab.shown('beside').tags.get('kept')).toBe('yes');
  });

  test('has its settings one by one: what AWS refuses keeps none of the others back', async () => {
    const refused = {
      match: { action: 'ecr-public:PutRepositoryCatalogData', resource: publicArn('parts') },
    };
    const fault = lab.aws.faults.add({ ...refused, fault: { kind: 'access-denied' } });
    const object = await lab.settled(
      await lab.publicRepository(NAMESPACE, 'parts', PUBLIC_EVERYTHING),
      'AccessDenied',
    );
    expect(readyOf(object).message).toContain(
      `ecr-public:PutRepositoryCatalogData on ${publicArn('parts')}: AccessDeniedException: User: `,
    );
    expect(lab.shown('parts').policyText).toContain('push');
    expect(object.status?.logo).toBeUndefined();
    fault.remove();
    const healed = await lab.settledInTime(object);
    expect(healed.status?.logo?.url).toBe(lab.shown('parts').catalog?.logoUrl);
  });
});
