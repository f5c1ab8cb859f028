import { existsSync } from 'node:fs';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A control group whose processes have so much memory together, as those of a container. */
export interface LimitedGroup {
  readonly folder: string;
  /** The most that was used so far (bytes). */
  peak(): Promise<number>;
  /** Its processes must have ended. */
  remove(): Promise<void>;
}

/** Makes one; Linux and root only. */
export async function limitedGroup(bytes: number): Promise<LimitedGroup> {
  // Version 1 has a hierarchy of its own for memory.
  const isFirst = existsSync('/sys/fs/cgroup/memory');
  const folder = join(
    isFirst ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup',
    `ecr-operator-bench-${process.pid}`,
  );
  await mkdir(folder);
  await writeFile(join(folder, isFirst ? 'memory.limit_in_bytes' : 'memory.max'), String(bytes));
  const peakFile = join(folder, isFirst ? 'memory.max_usage_in_bytes' : 'memory.peak');
  return {
    folder,
    peak: async () => Number(await readFile(peakFile, 'utf8')),
    remove: () => rmdir(folder),
  };
}
