import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT, readPage, rowsOf } from './markdown.ts';

const rows = rowsOf(await readPage('docs/features.md'));
const shownBy = (row: readonly string[]) => row.at(-1) ?? '';
const files = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file);

/** The systems that the project is about. */
const SYSTEMS = ['ECR private', 'ECR Public', 'docker login', 'EKS', 'ECS', 'Fargate', 'Lambda', 'CodeBuild']
  .concat(['CodePipeline', 'tag immutability', 'scan on push', 'scan findings', 'KMS', 'lifecycle policies'])
  .concat(['repository policies', 'cross-account', 'cross-region', 'VPC endpoints', 'IAM least privilege'])
  .concat(['force delete', 'pull-through caches', 'replication']);

test('every system has a row', () => {
  const first = rows.map(([system = '']) => system.replaceAll('`', '')).join('\n');
  expect(SYSTEMS.filter((system) => !first.includes(system))).toEqual([]);
});

test('each row names test files, or says "not yet"', () => {
  const wrong = rows.filter((row) => {
    const cell = shownBy(row);
    return (
      cell !== 'not yet' &&
      files(cell)
        .map((file) => `\`${file}\``)
        .join(', ') !== cell
    );
  });
  expect(wrong).toEqual([]);
  expect(rows.filter((row) => shownBy(row) === '')).toEqual([]);
});

test('each named test is a test that exists', () => {
  const named = rows.flatMap((row) => files(shownBy(row)));
  expect(named.filter((file) => !file.endsWith('.test.ts') || !existsSync(join(ROOT, file)))).toEqual([]);
});
