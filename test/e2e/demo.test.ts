import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runCommand } from '../lab/run-command.ts';

const ROOT = join(import.meta.dirname, '../..');

test('npm run demo -- --once tells the whole story in 80 columns and ends well', async () => {
  const env = { ...process.env, NO_COLOR: '1' };
  const { code, stdout, stderr } = await runCommand('npm', ['run', '--silent', 'demo', '--', '--once'], {
    cwd: ROOT,
    env,
    timeoutMs: 120_000,
  });
  expect({ code, failure: /The demo failed.*/.exec(stderr)?.[0] }).toEqual({ code: 0, failure: undefined });
  const scenes = [...stdout.matchAll(/^\d+\. (.*)$/gm)].map(([, title]) => title);
  expect(scenes).toEqual([
    'kubectl apply -f deploy/samples',
    'The repository exists in ECR, as declared',
    'Every namespace has a pull Secret; one token serves them all',
    'kubectl create namespace team-b',
    'An image is pushed, and pulled with the Secret of team-b',
    "Six hours later: half of the token's life is over",
    'Somebody makes the tags mutable in the AWS console',
    'kubectl apply -f test/demo/bad-repository.yaml',
  ]);
  expect(stdout).not.toContain(String.fromCharCode(27));
  // A word that is longer stays whole, so that it can be copied.
  const tooLong = stdout.split('\n').filter((line) => [...line].length > 80 && line.trim().includes(' '));
  expect(tooLong).toEqual([]);
}, 130_000);
