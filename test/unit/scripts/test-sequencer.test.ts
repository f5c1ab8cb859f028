import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';

interface Sequencer {
  sort(tests: readonly object[]): readonly { readonly path: string }[];
}

const UnitTestsLast = createRequire(import.meta.url)('../../../scripts/test-sequencer.cjs') as new (
  options: object,
) => Sequencer;

test('what starts servers comes before the unit tests, and large files before small ones', () => {
  const sizes = {
    '/p/test/unit/large.test.ts': 40,
    '/p/test/integration/small.test.ts': 1,
    '/p/test/unit/small.test.ts': 2,
    '/p/test/e2e/large.test.ts': 30,
    '/p/test/integration/unit/of-its-own.test.ts': 20,
  };
  const context = {
    config: { cache: false },
    hasteFS: { getSize: (path: keyof typeof sizes) => sizes[path] },
  };
  const sorted = new UnitTestsLast({}).sort(Object.keys(sizes).map((path) => ({ path, context })));
  expect(sorted.map(({ path }) => path)).toEqual([
    '/p/test/e2e/large.test.ts',
    '/p/test/integration/unit/of-its-own.test.ts',
    '/p/test/integration/small.test.ts',
    '/p/test/unit/large.test.ts',
    '/p/test/unit/small.test.ts',
  ]);
});
