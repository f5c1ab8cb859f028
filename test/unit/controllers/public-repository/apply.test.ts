import { describe, expect, test } from '@jest/globals';
import { OWNER_TAG } from '../../../../src/api/names.ts';
import {
  applyPublicAction,
  describePublicAction,
} from '../../../../src/controllers/public-repository/apply.ts';
import type { PublicRepositoryAction } from '../../../../src/controllers/public-repository/plan.ts';
import type { PublicRepositoryApi } from '../../../../src/ecr/public-repository-api.ts';
import { ARN, LIVE, LOGO, OWNER, observed } from './public-objects.ts';

const URL = 'https://logos.example.com/1.png';

/** Notes the calls; a put of the catalogue gives this back. */
function noting(catalog: object = {}) {
  const calls: unknown[] = [];
  const note =
    (name: string, answer?: unknown) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      return answer;
    };
  const api = {
    createRepository: note('create', LIVE),
    tag: note('tag'),
    untag: note('untag'),
    putCatalog: note('putCatalog', catalog),
    setRepositoryPolicy: note('setPolicy'),
  } as unknown as PublicRepositoryApi;
  return { api, calls };
}

describe('an action is one call, after which what is there is known without another', () => {
  const tags = { [OWNER_TAG]: OWNER };
  test.each<[PublicRepositoryAction, readonly unknown[], object]>([
    [
      { type: 'CreateRepository', name: 'web', tags },
      ['create', { name: 'web', tags }],
      { live: LIVE, tags },
    ],
    [
      { type: 'TagResource', tags: { a: '1' } },
      ['tag', ARN, { a: '1' }],
      observed({ tags: { ...tags, a: '1' } }),
    ],
    [{ type: 'UntagResource', keys: [OWNER_TAG] }, ['untag', ARN, [OWNER_TAG]], observed({ tags: {} })],
    [
      { type: 'PutRepositoryCatalogData', catalog: { description: 'd' }, changed: ['description'] },
      ['putCatalog', 'web', { description: 'd' }],
      observed({ catalog: { logoUrl: URL } }),
    ],
    [
      {
        type: 'PutRepositoryCatalogData',
        catalog: { description: 'd' },
        logoHash: 'h',
        changed: ['logoImage'],
      },
      ['putCatalog', 'web', { description: 'd', logoImage: LOGO }],
      observed({ catalog: { logoUrl: URL }, putLogo: { hash: 'h', url: URL } }),
    ],
    [
      { type: 'SetRepositoryPolicy', document: '{}', force: true },
      ['setPolicy', 'web', '{}', true],
      observed({ policy: '{}' }),
    ],
    [
      { type: 'SetRepositoryPolicy', document: '{}', force: false },
      ['setPolicy', 'web', '{}', false],
      observed({ policy: '{}' }),
    ],
  ])('%j', async (action, call, after) => {
    const { api, calls } = noting({ logoUrl: URL });
    const before = action.type === 'CreateRepository' ? { tags: {} } : observed();
    const read: string[] = [];
    const readLogo = async (hash: string) => {
      read.push(hash);
      return LOGO;
    };
    expect(await applyPublicAction({ api, name: 'web', readLogo }, action, before)).toEqual(after);
    expect(calls).toEqual([call]);
    expect(read).toEqual('logoHash' in action ? ['h'] : []);
  });
});

describe('an action in words', () => {
  const put = (catalog: object, ...changed: ('description' | 'architectures' | 'logoImage')[]) =>
    ({ type: 'PutRepositoryCatalogData', catalog, changed }) as const;
  const live = observed({ catalog: { description: 'old "one"', logoUrl: `${URL}?signature=x` } });
  const long = 'x'.repeat(300);

  test.each<[PublicRepositoryAction, string, string]>([
    [
      { type: 'CreateRepository', name: 'web', tags: {} },
      'made ECR Public repository web',
      'there is no ECR Public repository web',
    ],
    [
      { type: 'TagResource', tags: { a: '1' } },
      'put tags: a from absent to 1',
      'tags to put: a from absent to 1',
    ],
    [{ type: 'UntagResource', keys: ['a'] }, 'took away tags: a (absent)', 'tags to take away: a (absent)'],
    [
      put({ description: 'new', architectures: ['ARM', 'x86'] }, 'description', 'architectures'),
      'description from "old \\"one\\"" to "new"; architectures from none to ARM, x86',
      'description from "old \\"one\\"" to "new"; architectures from none to ARM, x86',
    ],
    [
      put({ description: '', architectures: [] }, 'description', 'architectures'),
      'description from "old \\"one\\"" to none; architectures from none to none',
      'description from "old \\"one\\"" to none; architectures from none to none',
    ],
    [
      put({ description: long }, 'description'),
      `description from "old \\"one\\"" to "${'x'.repeat(100)}"… (300 characters)`,
      `description from "old \\"one\\"" to "${'x'.repeat(100)}"… (300 characters)`,
    ],
    [put({}, 'logoImage'), `logoImage put in the place of ${URL}`, `logoImage to put in the place of ${URL}`],
    [
      { type: 'SetRepositoryPolicy', document: '{"Statement":[{"Sid":"a"}]}', force: false },
      'repository policy: statement a added',
      'repository policy: statement a to add',
    ],
  ])('%#', (action, done, toDo) => {
    expect(describePublicAction('web', action, live)).toBe(done);
    expect(describePublicAction('web', action, live, 'to do')).toBe(toDo);
  });
});

describe('a change far into what is long is shown where it is', () => {
  const far = 'x'.repeat(200);
  const words = Array.from({ length: 30 }, (_, at) => `os-${at}`);
  const dots = 'x'.repeat(20);
  test.each<[object, object, 'aboutText' | 'operatingSystems', string]>([
    [
      { aboutText: `${far} old${far}` },
      { aboutText: `${far} new${far}` },
      'aboutText',
      `aboutText from …"${'x'.repeat(19)} old${'x'.repeat(77)}"… (404 characters) to …"${'x'.repeat(19)} new${'x'.repeat(77)}"… (404 characters)`,
    ],
    [
      { aboutText: `${far}more` },
      { aboutText: far },
      'aboutText',
      `aboutText from …"${dots}more" (204 characters) to …"${dots}" (200 characters)`,
    ],
    [
      { aboutText: `${'y'.repeat(60)} old` },
      { aboutText: `${'y'.repeat(60)} new` },
      'aboutText',
      `aboutText from "${'y'.repeat(60)} old" to "${'y'.repeat(60)} new"`,
    ],
    [
      { operatingSystems: words },
      { operatingSystems: [...words, 'Linux'] },
      'operatingSystems',
      'operatingSystems from … os-27, os-28, os-29 (198 characters) to … os-27, os-28, os-29, Linux (205 characters)',
    ],
  ])('%#', (live, catalog, field, expected) => {
    const action = { type: 'PutRepositoryCatalogData', catalog, changed: [field] } as const;
    expect(describePublicAction('web', action, observed({ catalog: live }))).toBe(expected);
  });
});
