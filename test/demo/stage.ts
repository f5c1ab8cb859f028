import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Lab, startLab } from '../lab/lab.ts';
import type { OperatorProcess } from '../lab/operator.ts';
import { type LabRegistry, startRegistry } from '../lab/registry.ts';
import { type TemporaryFolder, temporaryFolder } from '../lab/temporary-folder.ts';
import type { Story } from './story.ts';

/** Everything that runs while the story is told. */
export interface Stage {
  readonly lab: Lab;
  readonly registry: LabRegistry;
  readonly operator: OperatorProcess;
  readonly folder: TemporaryFolder;
  clear(): Promise<void>;
}

/** The root of the checkout. */
export const ROOT = join(import.meta.dirname, '../..');

/** Drift is looked for every two seconds, so that nobody has to wait for it. */
const QUICK_DRIFT = { ECR_OPERATOR_DRIFT_SCHEDULE: '*/2 * * * * *' };

/** Gets the programs, starts the cluster, AWS, the registry and the operator, and says so. */
export async function setStage(story: Story): Promise<Stage> {
  const prepared = spawnSync(process.execPath, ['--no-warnings', 'test/lab/prepare.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (prepared.status !== 0) throw new Error('the lab could not be prepared, see above');
  const folder = await temporaryFolder('demo');
  let started = performance.now();
  const lap = (): number => {
    const ms = performance.now() - started;
    started = performance.now();
    return ms;
  };
  const registry = await startRegistry();
  story.done("an image registry (distribution), behind ECR's tokens and rules", lap());
  const lab = await startLab({ upstream: registry.url }).catch(async (error: unknown) => {
    await registry.stop();
    throw error;
  });
  story.done('kube-apiserver and etcd, the real ones; ECR and STS, simulated', lap());
  const operator = await lab.startOperator({ env: QUICK_DRIFT });
  story.done('the operator, installed by kubectl apply -k deploy/kustomize', lap());
  return {
    lab,
    registry,
    operator,
    folder,
    async clear() {
      await lab.stop();
      await registry.stop();
      await folder.remove();
    },
  };
}
