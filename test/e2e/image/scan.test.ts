import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { operatorImage } from '../../lab/docker/operator-image.ts';
import { runCommand } from '../../lab/run-command.ts';
import { describeOnNode, START_TIMEOUT_MS } from '../node/describe-on-node.ts';

const ROOT = join(import.meta.dirname, '../../..');

describeOnNode('npm run scan', () => {
  test(
    'finds nothing severe in the image, and says how old its packages are',
    async () => {
      const { archive } = await operatorImage();
      const args = ['--no-warnings', 'scripts/scan.ts', `--image=${archive}`];
      const scan = await runCommand(process.execPath, args, { cwd: ROOT, timeoutMs: 240_000 });
      process.stderr.write(`${scan.stdout}\n`);
      expect({ code: scan.code, stderr: scan.stderr }).toEqual({ code: 0, stderr: '' });
      const lines = scan.stdout.split('\n');
      // One of them, always: silence is no answer.
      expect(
        lines.filter((line) => /^(NOT ASKED for|known) (known )?vulnerabilities/.test(line)),
      ).toHaveLength(1);
      const { dependencies } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
        readonly dependencies: Readonly<Record<string, string>>;
      };
      const aged = lines.flatMap(
        (line) => /^ {2}(\S+)@(\S+): \d+ days old/.exec(line)?.slice(1, 3).join('@') ?? [],
      );
      expect(aged).toContain(`@kubernetes/client-node@${dependencies['@kubernetes/client-node']}`);
      expect(aged.length).toBeGreaterThan(5);
      expect(scan.stdout).toMatch(
        /^packages of Debian in the base: [1-9]\d*, older than what Debian has now: \d+$/m,
      );
    },
    START_TIMEOUT_MS,
  );
});
