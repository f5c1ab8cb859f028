import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { OPERATOR_VERSION } from '../../../src/api/names.ts';
import { ROOT } from '../docs/markdown.ts';

test('the operator tells the version of its package', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  expect(OPERATOR_VERSION).toBe(version);
});
