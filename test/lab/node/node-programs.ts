import { binaryPath } from '../binaries.ts';
import type { BinaryName } from '../binary-catalog.ts';
import { runcPath } from './runc.ts';

/** What only a node needs, besides runc; quick builds first. */
export const NODE_PROGRAMS = [
  'loopback',
  'host-local',
  'ptp',
  'sleeper',
  'ctr',
  'containerd-shim-runc-v2',
  'containerd',
  'kubelet',
] as const satisfies readonly BinaryName[];

/** The paths of all programs of a node by name. Rejects as {@link binaryPath} and {@link runcPath} do. */
export async function nodePrograms(): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = { runc: await runcPath() };
  for (const name of NODE_PROGRAMS) found[name] = await binaryPath(name);
  return found;
}
