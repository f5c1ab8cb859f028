import { waitFor } from '../../lab/wait-for.ts';
import { type EcrLab, EVERY_WORD, type RegistryObject, startEcrLab } from '../repository/ecr-lab.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Never in any test: only Registries with a schedule of their own are compared. */
const NEVER = '0 0 1 1 *';

/** A lab in which repositories are compared with ECR when the test says so. */
export interface SweepLab extends EcrLab {
  /** Of lab time, in ms. */
  now(): number;
  /** The Registry whose repositories are compared. */
  open(): Promise<RegistryObject>;
  /** Lab time goes on to a full hour, and what begins then comes to its end. */
  sweep(): Promise<void>;
  /** The same, without waiting for its end; `over` does. */
  beginSweep(): Promise<{ readonly over: () => Promise<void> }>;
}

/** Starts it; the Registry `open` is compared at each full hour. */
export async function startSweepLab(): Promise<SweepLab> {
  const env = { ECR_OPERATOR_DRIFT_SCHEDULE: NEVER, ECR_OPERATOR_IMAGE_SCHEDULE: NEVER };
  const lab = await startEcrLab({ env });
  try {
    const open = await lab.registry('open', {
      tenancy: { rules: [{ allow: [...EVERY_WORD] }] },
      driftCheck: { schedule: '0 * * * *', timeZone: 'UTC' },
    });
    await lab.settled(open);
    return withSweeps(lab, open);
  } catch (error) {
    await lab.stop();
    throw error;
  }
}

function withSweeps(lab: EcrLab, registry: RegistryObject): SweepLab {
  const now = () => lab.aws.clock.now().getTime();
  const open = async () => (await lab.admin.get<RegistryObject>(registry)) ?? registry;
  const beginSweep: SweepLab['beginSweep'] = async () => {
    // At the very next one it might be too early to be told in the status again.
    const at = (Math.floor(now() / HOUR) + 2) * HOUR;
    await lab.advance(at - now());
    return {
      over: async () =>
        void (await waitFor(open, {
          what: `a comparison after ${new Date(at).toISOString()}`,
          until: ({ status }) => Date.parse(status?.lastDriftCheck ?? '') >= at,
          timeoutMs: 50_000,
        })),
    };
  };
  const sweep = async () => {
    const { over } = await beginSweep();
    await over();
  };
  return { ...lab, now, open, beginSweep, sweep };
}

/** Reads that sweeps make, by operation. */
export function readsOf({ aws }: EcrLab): Readonly<Record<string, number>> {
  const reads = ['DescribeRepositories', 'ListTagsForResource', 'GetLifecyclePolicy', 'GetRepositoryPolicy'];
  return Object.fromEntries(reads.map((name) => [name, aws.actions.count(`ecr:${name}`)]));
}

/** Does `work` for all of them, sixteen at a time. */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
