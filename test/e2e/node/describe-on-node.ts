import { describe } from '@jest/globals';
import { nodeUnavailable } from '../../lab/node/availability.ts';

/** Builds may come first. */
export const START_TIMEOUT_MS = 1_800_000;

/** `describe` where a node can run. Elsewhere the tests are skipped, and the reason is in their name and on stderr. */
export function describeOnNode(name: string, tests: () => void): void {
  const reason = nodeUnavailable();
  if (!reason) {
    describe(name, tests);
    return;
  }
  process.stderr.write(`skipped: ${name}: ${reason}\n`);
  describe.skip(`${name} (skipped: ${reason})`, tests);
}
