import type { Lab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import { arrivedIn, HOUR, secretIn, servedIn, skip } from './pull-lab.ts';
import { bytesOf, clusterPullSecret, type PullObject, pullSecret } from './pull-objects.ts';

/**
 * A namespace with a pull secret of each kind, all of the same name as their Registry; their Secret is made, deleted by
 * somebody, made again and rotated. Gives both, for the caller to delete.
 */
export async function livedPullSecrets(lab: Lab, name: string): Promise<readonly PullObject[]> {
  const { admin } = lab;
  const registries = [{ name }];
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': name } };
  const shared = { registries, namespaceSelector, foreignEntries: 'Keep' } as const;
  const cluster = await admin.apply<PullObject>(clusterPullSecret(name, shared));
  await servedIn(lab, cluster, 1);
  const own = await servedIn(lab, await admin.apply<PullObject>(pullSecret(name, name, { registries })), 1);
  await admin.delete(await arrivedIn(lab, name));
  const before = bytesOf(await arrivedIn(lab, name));
  await skip(lab, 6 * HOUR);
  await waitFor(async () => bytesOf(await secretIn(lab, name)) !== before, { what: 'the rotation' });
  return [own, cluster];
}
