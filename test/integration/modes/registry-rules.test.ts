import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { REGISTRY_SCHEMA } from '../../../src/api/registry-schema.generated.ts';
import { SETTINGS } from '../../../src/controllers/registry-settings/settings.ts';
import { parseRegistries } from '../../../src/registries-file/parse-registries.ts';
import { type Answer, type CrdApi, objectOf, startCrdApi } from '../api/crd-api.ts';
import { completeManifests, withValueAt } from '../api/manifests.ts';
import { type SchemaNode, writtenNodes } from '../api/wrong-manifests/bounds.ts';
import { registry } from '../api/wrong-manifests/registry.ts';
import type { Manifest } from '../api/wrong-manifests/wrong-manifest.ts';

/** What a field of any kind is tried with. */
const OTHERS: readonly unknown[] = [null, true, 7, 1.5, [], {}, [''], ['a', 'a'], { a: 'b' }];
/** What a text is tried with, beside changes of the right one. */
const TEXTS: readonly string[] = [
  ...['', ' ', 'a', 'A', '-a', 'a-', 'a..b', 'a/b', 'a//b', '/', '*', 'a*', '_', '__proto__', 'constructor'],
  ...['a b', 'a\tb', 'a\u00a0b', 'a\u2028b', 'é', '\u{1f600}', '٣', '0', '012345678901', 'us-east-1'],
  ...['* * * * *', '*/5 * * * *', 'UTC', 'https://h', 'https://h/a\u00a0b', 'https://h/a b', 'http://h?a'],
  ...['arn:aws:iam::123456789012:role/r', 'aws:a', 'AwS:a', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(400)],
];
const CHANGES: readonly ((text: string) => string)[] = [
  (text) => `${text}\n`,
  (text) => ` ${text}`,
  (text) => `${text}-`,
  (text) => text.slice(1),
  (text) => text.slice(0, -1),
  (text) => text.toUpperCase(),
  (text) => `${text}${text}`,
];

const settings: readonly string[] = SETTINGS.map(({ name }) => name);
const complete = completeManifests(registry).map(withoutSettings);
const nodes = writtenNodes(REGISTRY_SCHEMA as never).filter(
  ({ at }) => at.startsWith('spec.') && !settings.some((name) => at.startsWith(`spec.${name}`)),
);

let api: CrdApi;

beforeAll(async () => {
  api = await startCrdApi();
}, 600_000);

afterAll(async () => {
  await api?.stop();
});

/** They are refused in a file whatever they say. */
function withoutSettings(manifest: Manifest): Manifest {
  const spec = Object.entries(manifest.spec ?? {}).filter(([name]) => !settings.includes(name));
  return { ...manifest, spec: Object.fromEntries(spec) };
}

/** What this field is tried with. */
function triesOf({ at, schema }: SchemaNode): readonly unknown[] {
  const texts = schema.type === 'string' ? [...TEXTS, ...changed(at)] : [];
  const maps = schema.type === 'object' ? TEXTS.map((key) => Object.fromEntries([[key, 'a']])) : [];
  return [...OTHERS, ...texts, ...maps];
}

function changed(at: string): readonly string[] {
  const marked = withValueAt(complete, at, MARK);
  const right = complete.map((one) => textAt(one, marked)).find((text) => text !== undefined);
  return CHANGES.map((change) => change(right ?? 'a'));
}

const MARK = 'the place';

/** What stands in the first where the second has the mark. */
function textAt(one: unknown, marked: unknown): string | undefined {
  if (marked === MARK) return typeof one === 'string' ? one : undefined;
  if (typeof marked !== 'object' || marked === null || typeof one !== 'object' || one === null)
    return undefined;
  const fields = one as Readonly<Record<string, unknown>>;
  for (const [name, value] of Object.entries(marked)) {
    const found = Object.hasOwn(fields, name) ? textAt(fields[name], value) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function isTakenFromFile(manifest: Manifest, before?: Manifest): boolean {
  const known = before ? parseRegistries(JSON.stringify(before)) : undefined;
  const parsed = parseRegistries(
    JSON.stringify(manifest),
    known && 'registries' in known ? known.registries : [],
  );
  return 'registries' in parsed;
}

const isTaken = (answer: Answer<Manifest>): boolean => 'object' in answer;

describe('a file takes what the API server takes, but for null, and nothing else,', () => {
  test('of what is right', async () => {
    for (const manifest of complete)
      expect([isTakenFromFile(manifest), isTaken(await api.create(manifest, { trial: true }))]).toEqual([
        true,
        true,
      ]);
  });

  test.each(nodes.map((node) => [node.at, node] as const))(
    'whatever stands in %s',
    async (_, node) => {
      const differences: (readonly [byServer: boolean, value: unknown])[] = [];
      for (const value of triesOf(node)) {
        const manifest = withValueAt(complete, node.at, value);
        const byServer = isTaken(await api.create(manifest, { trial: true }));
        if (byServer !== isTakenFromFile(manifest)) differences.push([byServer, value]);
      }
      expect(differences.filter(([byServer, value]) => !byServer || value !== null)).toEqual([]);
    },
    60_000,
  );

  test('of changes', async () => {
    const [before = registry.manifest] = complete;
    const others = ['accountId', 'region', 'access', 'pullRoleArn'].map((name) =>
      withValueAt(complete, `spec.${name}`, OTHER_VALUES[name]),
    );
    objectOf(await api.create(before));
    try {
      const answers = await Promise.all(others.map(async (one) => isTaken(await api.tryUpdate(one))));
      expect(others.map((one) => isTakenFromFile(one, before))).toEqual(answers);
      expect(answers).toEqual([false, false, true, true]);
    } finally {
      await api.remove(before);
    }
  });
});

/** Right ones. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  accountId: '999999999999',
  region: 'us-gov-west-1',
  access: 'Manage',
  pullRoleArn: 'arn:aws:iam::123456789012:role/other',
};
