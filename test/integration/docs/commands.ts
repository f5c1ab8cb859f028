import type { Block } from '../../unit/docs/markdown.ts';

/** A command of the documentation that the lab does not run, and why. */
interface NotRun {
  readonly command: RegExp;
  readonly why: string;
}

/** Everything else runs. */
export const NOT_RUN: readonly NotRun[] = [
  { command: /^npm run demo( -- --once)?$/, why: 'starts a lab of its own; this lab runs the same samples' },
  { command: /^npm test( -- .*)?$/, why: 'this test is part of it' },
  {
    command: /^npm start( --|$)/,
    why: 'runs until Ctrl-C, against real AWS; this lab runs the same operator',
  },
  {
    command: /^PASSWORD=\$\(aws ecr get-login-password /,
    why: 'needs an account at AWS; the tests set PASSWORD',
  },
  { command: /^git clone \S+( \S+)?$/, why: 'this is a checkout' },
  { command: /^cd ecr-operator$/, why: 'this is the checkout' },
  { command: /^docker (build|push) /, why: 'needs a Docker daemon' },
  {
    command: /^aws iam /,
    why: 'needs an account at AWS; the policies themselves are tested on the simulator',
  },
];

/**
 * The script of a block: the lines after `$ ` of a `console` block, all of a `sh` block; without what is
 * {@link NOT_RUN}. Empty where nothing is left to run.
 */
export function scriptOf({ language, text }: Block): string {
  const joined = text.replaceAll(/\\\n\s*/g, '');
  const lines = joined.split('\n').filter((line) => language === 'sh' || line.startsWith('$ '));
  return lines
    .map((line) => (language === 'sh' ? line : line.slice(2)))
    .filter((line) => !NOT_RUN.some(({ command }) => command.test(withoutComment(line))))
    .filter((line) => withoutComment(line) !== '')
    .join('\n');
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s+)#.*$/, '').trim();
}
