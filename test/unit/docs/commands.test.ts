import { expect, test } from '@jest/globals';
import { NOT_RUN, scriptOf } from '../../integration/docs/commands.ts';
import { blocksOf } from './markdown.ts';

const block = (language: string, text: string) => ({ file: 'README.md', line: 1, language, text });

test.each([
  ['all of a sh block', 'sh', 'kubectl get ns\nkubectl get pods', 'kubectl get ns\nkubectl get pods'],
  ['the commands of a console block', 'console', '$ kubectl get ns\nNAME\nteam-a', 'kubectl get ns'],
  ['a command over two lines', 'sh', 'kubectl get \\\n  ns', 'kubectl get ns'],
  ['nothing that is on the list', 'sh', 'npm run demo    # the story\nkubectl get ns', 'kubectl get ns'],
  ['nothing of comments alone', 'sh', '# look\n\nnpm test', ''],
  ['what only resembles the list', 'sh', 'npm run demonstrate', 'npm run demonstrate'],
])('a script has %s', (_, language, text, script) => {
  expect(scriptOf(block(language, text))).toBe(script);
});

test('each command that is not run has a reason', () => {
  expect(NOT_RUN.filter(({ why }) => why.length < 10)).toEqual([]);
});

test('blocks are found with their place, in lists too', () => {
  const text = '# Title\n\n```sh\na\n```\n- b\n\n  ```yaml\n  c:\n    d\n  ```\n';
  expect(blocksOf({ file: 'a.md', text })).toEqual([
    { file: 'a.md', line: 3, language: 'sh', text: 'a' },
    { file: 'a.md', line: 8, language: 'yaml', text: 'c:\n  d' },
  ]);
  expect(() => blocksOf({ file: 'a.md', text: '```sh\n' })).toThrow('a.md:1');
});
