import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './process-guard.ts';

/** A folder of the lab's own, gone after `remove`, or when this process dies. */
export interface TemporaryFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes one, readable by us alone. `ECR_OPERATOR_LAB_KEEP=1` keeps it, to look at logs after the run. */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), `ecr-operator-lab-${purpose}-`));
  if (process.env['ECR_OPERATOR_LAB_KEEP']) return { path, remove: async () => undefined };
  const release = guardFolder(path);
  return {
    path,
    async remove() {
      // A process that was just stopped may still be writing its last file.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
      release();
    },
  };
}
