import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { imageArguments } from '../../../scripts/image-arguments.ts';

const ROOT = join(import.meta.dirname, '../../..');

test('the labels say what git says, and no password of a remote', () => {
  const facts = {
    name: 'ecr-operator',
    version: '1.2.3',
    revision: 'abc',
    created: '2026-01-02T03:04:05Z',
    source: 'https://user:secret@git.example.com/ecr-operator',
  };
  expect(imageArguments(facts, ['--platform=linux/arm64'])).toEqual([
    'build',
    '--tag=ecr-operator:1.2.3',
    '--build-arg=VERSION=1.2.3',
    '--build-arg=REVISION=abc',
    '--build-arg=CREATED=2026-01-02T03:04:05Z',
    '--build-arg=SOURCE=https://git.example.com/ecr-operator',
    '--platform=linux/arm64',
    '.',
  ]);
});

test('without git the defaults of the Dockerfile stay', () => {
  expect(imageArguments({ name: 'ecr-operator', version: '1.2.3' }, [])).toEqual([
    'build',
    '--tag=ecr-operator:1.2.3',
    '--build-arg=VERSION=1.2.3',
    '.',
  ]);
});

test('the Dockerfile has the version of the package as its default', async () => {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  expect(await readFile(join(ROOT, 'Dockerfile'), 'utf8')).toContain(`\nARG VERSION=${version}\n`);
});
