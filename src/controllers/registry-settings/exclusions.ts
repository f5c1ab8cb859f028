import { setting } from './setting.ts';

/**
 * Principals whose pulls do not count. Those that somebody else has put there stay; ours, as `owned` has them, go when
 * they are no longer declared.
 */
export const EXCLUSIONS = setting<readonly string[], ReadonlySet<string>>({
  name: 'pullTimeUpdateExclusions',
  declared: ({ pullTimeUpdateExclusions }) =>
    pullTimeUpdateExclusions && [...new Set(pullTimeUpdateExclusions)].sort(),
  observe: async (api) => new Set(await api.exclusions()),
  plan(declared, live, { owned }) {
    const missing = declared.filter((arn) => !live.has(arn));
    const stale = owned.filter((arn) => live.has(arn) && !declared.includes(arn));
    return [
      ...missing.map((arn) => ({
        words: `pull-time update exclusion of ${arn} from absent to present`,
        apply: (api: Registering) => api.registerExclusion(arn),
      })),
      ...stale.map((arn) => ({
        words: `pull-time update exclusion of ${arn} from present to absent`,
        apply: (api: Registering) => api.deregisterExclusion(arn),
      })),
    ];
  },
});

interface Registering {
  registerExclusion(principalArn: string): Promise<void>;
  deregisterExclusion(principalArn: string): Promise<void>;
}
