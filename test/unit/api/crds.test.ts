import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { readCrds, type Schema, schemaOf } from '../../../scripts/crd.ts';
import { nodesOf, type SchemaNode } from '../../integration/api/wrong-manifests/bounds.ts';

const SHORT_NAMES: Readonly<Record<string, string>> = {
  Registry: 'ecrreg',
  Repository: 'ecrrepo',
  RepositoryClass: 'ecrclass',
  PullSecret: 'ecrps',
  ClusterPullSecret: 'ecrcps',
  PullThroughCacheRule: 'ecrptc',
  RepositoryCreationTemplate: 'ecrtpl',
  PublicRepository: 'ecrpub',
};

/** What the API server itself describes and bounds. */
const OF_KUBERNETES = new Set(['apiVersion', 'kind', 'metadata']);

const crds = (await readCrds(join(import.meta.dirname, '..', '..', '..', 'crds'))).map(({ crd }) => crd);

test('there is one CRD for each kind', () => {
  expect(crds.map((crd) => crd.spec.names.kind).sort()).toEqual(Object.keys(SHORT_NAMES).sort());
});

/** What a RepositoryClass says in the place of a Repository, encryption excepted: a class may change that. */
const SHARED = [
  'tagMutability',
  'tagMutabilityExclusionFilters',
  'scanOnPush',
  'tags',
  'lifecycle',
  'grants',
];

test.each(SHARED)('a RepositoryClass has the %s of a Repository, with the same rules', (field) => {
  const [ofClass, ofRepository] = ['RepositoryClass', 'Repository'].map((kind) => specOf(kind)?.[field]);
  expect(ofClass).toBeDefined();
  expect(ofClass).toEqual(ofRepository);
});

describe.each(crds)('$metadata.name', (crd) => {
  const nodes = nodesOf(schemaOf(crd)).filter(({ at }) => !OF_KUBERNETES.has(at));
  const placesWhere = (holds: (schema: Schema) => boolean) =>
    nodes.filter(({ schema }) => holds(schema)).map(placeOf);

  test('is in the group, has the category, its short name and a status of its own', () => {
    const { group, names, versions } = crd.spec;
    expect(crd.metadata.name).toBe(`${names.plural}.${group}`);
    expect(group).toBe('ecr-operator.io');
    expect(names.categories).toEqual(['ecr']);
    expect(names.shortNames).toEqual([SHORT_NAMES[names.kind]]);
    expect(versions[0]).toMatchObject({ name: 'v1alpha1', subresources: { status: {} } });
  });

  test('describes every field', () => {
    expect(placesWhere(({ description }) => !description)).toEqual([]);
  });

  test('bounds every string', () => {
    expect(
      placesWhere(
        ({ type, enum: words, format, maxLength }) => type === 'string' && !words && !format && !maxLength,
      ),
    ).toEqual([]);
  });

  test('bounds every list and every map, and says how lists are merged', () => {
    expect(
      placesWhere(
        (schema) => schema.type === 'array' && !(schema.maxItems && schema['x-kubernetes-list-type']),
      ),
    ).toEqual([]);
    expect(
      placesWhere(({ additionalProperties, maxProperties }) => !!additionalProperties && !maxProperties),
    ).toEqual([]);
  });

  test('says with every rule what to write instead', () => {
    const rules = nodes.flatMap(({ schema }) => schema['x-kubernetes-validations'] ?? []);
    expect(
      rules.filter(({ message }) => !/\b(write|set|make|put|list|leave|choose)\b/.test(message)),
    ).toEqual([]);
  });
});

function specOf(kind: string): Schema['properties'] {
  const found = crds.find((crd) => crd.spec.names.kind === kind);
  return found && schemaOf(found).properties?.['spec']?.properties;
}

function placeOf({ at }: SchemaNode): string {
  return at;
}
