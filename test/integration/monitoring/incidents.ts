import { waitFor } from '../../lab/wait-for.ts';
import { core } from '../repository/ecr-lab.ts';
import { AWS_TROUBLES } from './aws-troubles.ts';
import { CLUSTER_TROUBLES } from './cluster-troubles.ts';
import type { IncidentLab } from './incident-lab.ts';
import { manifest, namespace, pushImage, REGISTRY, repository, TEAM } from './incident-objects.ts';

/** One trouble that the operator was in; numbers are scrapes of the record. */
export interface Incident {
  readonly name: string;
  /** What fires at the end of it, and no more some time after. */
  readonly alerts: readonly string[];
  /** The last scrape of the trouble, and the last of the time after it. */
  readonly troubled: number;
  readonly over: number;
}

/** What is there before anything goes wrong: one replica, a Registry, a pull Secret, two Repositories. */
export async function settle(lab: IncidentLab): Promise<void> {
  const { admin } = lab;
  await lab.replica('a:8080');
  await admin.create(namespace(TEAM));
  for (const object of [
    REGISTRY,
    manifest('ClusterPullSecret', 'all', {}),
    repository('web'),
    repository('watched'),
  ])
    await admin.apply(object);
  const isThere = async (): Promise<boolean> =>
    ['web', 'watched'].every((name) => lab.ecr.repository(name)) &&
    (await admin.get(core('Secret', 'ecr-pull', TEAM))) !== undefined;
  await waitFor(isThere, { what: 'repositories and pull Secret', timeoutMs: 60_000 });
  for (const [index, name] of ['web', 'watched'].entries()) pushImage(lab, name, index + 1);
  await lab.minutes(10);
}

/** Goes through all troubles, one after the other. */
export async function goThrough(lab: IncidentLab): Promise<readonly Incident[]> {
  const incidents: Incident[] = [];
  for (const { name, alerts, run } of [...AWS_TROUBLES, ...CLUSTER_TROUBLES]) {
    let troubled = 0;
    const mark = (): void => {
      troubled = lab.record.length - 1;
    };
    await run(lab, mark);
    incidents.push({ name, alerts, troubled, over: lab.record.length - 1 });
  }
  return incidents;
}
