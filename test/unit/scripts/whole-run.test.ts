import { expect, test } from '@jest/globals';
import { isWholeRun } from '../../../scripts/whole-run.ts';

test.each([
  ['no arguments', [], true],
  ['flags of how to run them', ['-i', '--verbose', '--maxWorkers=1'], true],
  ['a path', ['test/unit'], false],
  ['a name', ['-t', 'pulls'], false],
  ['a path after a flag', ['--verbose', 'test/unit'], false],
  ['those that a change touches', ['--onlyChanged'], false],
  ['one part of several', ['--shard=1/2'], false],
])('with %s', (_, args, whole) => {
  expect(isWholeRun(args)).toBe(whole);
});
