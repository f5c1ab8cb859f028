import { describe, expect, test } from '@jest/globals';
import type { Repository } from '../../../../src/api/repository.generated.ts';
import { isReadable, wantsImages } from '../../../../src/controllers/images/readable.ts';
import { repository } from '../objects.ts';
import { synced, there } from './image-objects.ts';

const asked = (value: string) => ({ annotations: { 'ecr-operator.io/images-requested-at': value } });
const deletionTimestamp = '2026-01-01T00:00:00Z';

describe('images are looked at', () => {
  test.each<[string, Repository, boolean]>([
    ['of a repository that is there', there(), true],
    ['of one that something of is not as declared', there({ conditions: [synced('QuotaExceeded')] }), true],
    ['not of one of which no condition is known yet', there({ conditions: [] }), false],
    [
      'not where the last pass could not see whose it is',
      there({ conditions: [synced('AccessDenied')] }),
      false,
    ],
    ['not where its class is not there', there({ conditions: [synced('ClassNotFound')] }), false],
    ['not where there is none yet', repository(), false],
    ['not where it is being deleted', there({}, { deletionTimestamp }), false],
    ['not where it is suspended', there({}, {}, { suspend: true }), false],
    ['not where it is another object’s', there({ conditions: [synced('OwnedByAnother')] }), false],
    ['not where it is nobody’s of ours', there({ conditions: [synced('RepositoryExists')] }), false],
    ['not where there is none any more', there({ conditions: [synced('RepositoryNotFound')] }), false],
    ['not where its namespace may not', there({ conditions: [synced('TenancyDenied')] }), false],
  ])('%s', (_, object, readable) => {
    expect(isReadable(object)).toBe(readable);
  });
});

describe('a change', () => {
  test.each<[string, Repository | undefined, Repository | undefined, boolean]>([
    ['is one: the repository is there for the first time', there(), repository(), true],
    ['is one: it was made anew', there({ createdAt: '2026-01-01T00:00:00Z' }), there(), true],
    ['is one: it may be looked at again', there(), there({ conditions: [synced('TenancyDenied')] }), true],
    ['is one: somebody asks', there({}, asked('1')), there(), true],
    ['is one: somebody asks again', there({}, asked('2')), there({}, asked('1')), true],
    ['is none: the same was asked before', there({}, asked('1')), there({}, asked('1')), false],
    ['is none: our own words', there({ imageCount: 1 }), there(), false],
    ['is none: a condition', there({ conditions: [] }), there(), false],
    [
      'is none: somebody asks where nothing is to be looked at',
      repository({}, asked('1')),
      repository(),
      false,
    ],
    ['is none: it is gone', undefined, there(), false],
    ['after a restart is one where nothing is told of images', there(), undefined, true],
    ['after a restart is none where something is', there({ imageCount: 0 }), undefined, false],
  ])('%s', (_, now, before, wanted) => {
    expect(wantsImages(now, before)).toBe(wanted);
  });
});
