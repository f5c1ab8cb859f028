import type { DesiredRepository } from '../../../../src/controllers/repository/desired.ts';
import {
  type BringOptions,
  bringUndeclared,
} from '../../../../src/controllers/repository-class/bring-undeclared.ts';
import type { EcrApi, LiveRepository } from '../../../../src/ecr/ecr-api.ts';
import { NOW, registry } from '../objects.ts';
import { loneRegistry } from '../repository/lone-registry.ts';
import { policy } from '../repository/preview-trial.ts';

/** Whose a repository is. */
export const OWNER = 'ecr-operator.io/owner';
/** Which class keeps it. */
export const CLASS = 'ecr-operator.io/class';
/** Of the repository. */
export const NAME = 'cache/alpine';

/** As its class says. */
export const DESIRED: DesiredRepository = {
  name: NAME,
  owner: 'c/standard',
  tags: { from: 'cache', [CLASS]: 'c/standard' },
  scanOnPush: true,
  adoption: 'Only',
};
/** The same with a lifecycle policy that is only looked at. */
export const PREVIEWED: DesiredRepository = { ...DESIRED, lifecycle: policy(1), preview: 'Report' };

/** A registry with that one repository, which may be brought again and again. */
export function trial(options: Partial<BringOptions> = {}, broken: Partial<EcrApi> = {}) {
  const aws = loneRegistry(NOW);
  aws.addRepository(NAME);
  const previews: BringOptions['previews'] = new Map();
  const [refusals, grantless]: [BringOptions['refusals'], BringOptions['grantless']] = [new Map(), new Set()];
  let now = NOW;
  const bring = (desired: DesiredRepository = DESIRED, listed?: LiveRepository) =>
    bringUndeclared(
      { previews, refusals, grantless, imageUsage: undefined, now: () => now, ...options },
      { ecr: { ...aws.ecr, ...broken }, registry: registry(), desired, listed, key: `standard/${NAME}` },
    );
  return {
    ...aws,
    previews,
    refusals,
    grantless,
    bring,
    tags: () => Object.fromEntries(aws.held(NAME).tags),
    /** What is thrown. */
    failure: (desired?: DesiredRepository) => bring(desired).then(String, (error: unknown) => error),
    later(ms: number) {
      now += ms;
      aws.clock.advance(ms);
    },
  };
}

/** In place of a call of ECR. */
export const failing = (error: Error) => () => Promise.reject(error);
