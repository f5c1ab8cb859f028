import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCrds, type Schema, schemaOf } from '../../../scripts/crd.ts';
import { type Cause, CRDS, type CrdApi, objectOf, type Refusal, refusalOf, startCrdApi } from './crd-api.ts';
import { completeManifests, KINDS, manifestsOf, withValueAt } from './manifests.ts';
import { boundsOf, isAbout, writtenNodes } from './wrong-manifests/bounds.ts';
import type { WrongManifest } from './wrong-manifests/wrong-manifest.ts';

/** A value of another type, for each type of a schema. */
const OTHER_TYPE = { object: 'text', array: 'text', string: 7, integer: 'text', boolean: 'yes' } as const;

const schemas = new Map(
  (await readCrds(CRDS)).map(({ crd }) => [crd.spec.names.kind, schemaOf(crd)] as const),
);
let api: CrdApi;

beforeAll(async () => {
  api = await startCrdApi();
}, 600_000);

afterAll(async () => {
  await api?.stop();
});

describe.each(KINDS)('a wrong $manifest.kind', (cases) => {
  const { manifest, wrong } = cases;
  const complete = completeManifests(cases);
  const schema = schemas.get(manifest.kind) as Schema;
  const nodes = writtenNodes(schema);
  const bounds = nodes.flatMap(boundsOf);

  test('has a case for every bound and every rule of the schema', () => {
    expect(bounds.filter((bound) => !wrong.some((item) => isAbout(item, bound)))).toEqual([]);
  });

  test('has no case that is about no bound, or about several', () => {
    expect(wrong.filter((item) => bounds.filter((bound) => isAbout(item, bound)).length !== 1)).toEqual([]);
  });

  test.each(wrong.map((item) => [titleOf(item), item] as const))('is refused: %s', async (_, item) => {
    const { before, then } = manifestsOf(manifest, item);
    if (before === undefined) {
      expect(causesAt(refusalOf(await api.create(then, { trial: true })), item.at)).toContain(item.says);
      return;
    }
    objectOf(await api.create(before));
    try {
      expect(causesAt(refusalOf(await api.tryUpdate(then)), item.at)).toContain(item.says);
    } finally {
      await api.remove(before);
    }
  });

  test.each(
    nodes.filter(({ at }) => at !== '').map((node) => [`${node.at} is ${node.schema.type}`, node] as const),
  )('is refused with a value of another type: %s', async (_, node) => {
    const changed = withValueAt(complete, node.at, OTHER_TYPE[node.schema.type]);
    const says = `must be of type ${node.schema.type}`;
    expect(causesAt(refusalOf(await api.create(changed, { trial: true })), node.at)).toContain(says);
  });

  test('is refused with a field that the schema does not know', async () => {
    const changed = withValueAt(complete, 'spec.regon', 'x');
    expect(refusalOf(await api.create(changed, { trial: true })).message).toContain(
      'unknown field "spec.regon"',
    );
  });
});

function titleOf({ at, breaks, says, after }: WrongManifest): string {
  return `${at || 'the whole'} ${breaks}: ${says}${after ? ' (on change)' : ''}`;
}

/** The messages of a refusal that are about a place of the schema or what is inside of it. */
function causesAt({ details, message }: Refusal, at: string): string {
  const causes = details?.causes ?? [];
  const place = at.replace(/\{\}$/, '');
  const found = causes.filter((cause) => schemaPath(cause).startsWith(place));
  return found.length === 0
    ? `nothing about ${at} in: ${message}`
    : found.map((cause) => cause.message).join('\n');
}

function schemaPath({ field }: Cause): string {
  return field.replace(/\[\d+\]/g, '[]');
}
