import fc from 'fast-check';
import type { RepositorySpec } from '../../../src/api/repository.generated.ts';
import type { LabelSelector } from '../../../src/api/shared.generated.ts';
import type { Labels } from '../../../src/runtime/label-selector.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { oracle, type Rules, randomName, randomRules, selects } from '../../unit/ecr/random-tenancy.ts';
import { POLICY } from '../repository/documents.ts';

/** 1,000 Repositories: so many in each of the Registries, which have regions and rules of their own. */
export const REGIONS = [
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'eu-north-1',
  'eu-central-1',
  'eu-south-1',
].concat(
  ['ap-east-1', 'ap-south-1', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1'],
  ['ap-southeast-2', 'ca-central-1', 'sa-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'me-south-1'],
  ['af-south-1'],
);
const PER_REGISTRY = 50;
/** How many there are. */
export const NAMESPACES = 12;
/** How many there are. */
export const CLASSES = 4;
const SEED = 20_261_121;
const OTHER = '111122223333';

/** What the classes grant. */
export const beyond = [{ name: 'partner', access: 'Pull', to: { accounts: [OTHER] } }] as const;
const within = [{ name: 'partner', access: 'Pull', to: { accounts: [ACCOUNT] } }] as const;

/** What a Repository says that tenancy decides over. */
export const WISHES: Readonly<Record<string, Partial<RepositorySpec>>> = {
  nothing: {},
  'grants within': { grants: within },
  'grants beyond': { grants: beyond },
  document: { policy: { document: POLICY, allowLockout: true } },
};

/** What ECR has under the name before. */
const HELD = ['nothing', 'nobody’s', 'another’s'] as const;

/** One Repository, and what there is before it. */
export interface Trial {
  readonly namespace: number;
  readonly name: string;
  readonly wish: string;
  readonly adoption: NonNullable<RepositorySpec['adoption']>;
  readonly observes: boolean;
  readonly className: number | undefined;
  readonly held: (typeof HELD)[number];
}

const trial: fc.Arbitrary<Trial> = fc.record({
  namespace: fc.nat(NAMESPACES - 1),
  name: randomName,
  wish: fc.constantFrom(...Object.keys(WISHES)),
  adoption: fc.constantFrom('Never', 'IfUnowned', 'IfExists', 'Only'),
  observes: fc.boolean(),
  className: fc.option(fc.nat(CLASSES - 1), { nil: undefined, freq: 2 }),
  held: fc.constantFrom(...HELD),
});

export const LET_IN = 'let in';
/** What may come of a trial. */
export const ANSWERS = [LET_IN, 'TenancyDenied', 'OwnedByAnother', 'RepositoryExists', 'RepositoryNotFound'];

/** Where it is decided over. */
export interface Place {
  readonly rules: Rules | undefined;
  readonly labels: Labels;
  readonly sharesFor: LabelSelector | undefined;
}

/** The reason of Ready by the words alone, in the order in which a reader of docs/spec/tenancy.md would ask. */
export function expected({ name, wish, adoption, observes, className, held }: Trial, place: Place): string {
  const may = (word: 'Create' | 'Adopt' | 'Share') => oracle(place.rules, word, place.labels, name);
  const denied = 'TenancyDenied';
  if (!may('Create') && !may('Adopt')) return denied;
  const classShares = className !== undefined && wish === 'nothing';
  const sharedFor = place.sharesFor !== undefined && selects(place.sharesFor, place.labels);
  if ((wish === 'grants beyond' || wish === 'document' || (classShares && !sharedFor)) && !may('Share'))
    return denied;
  if (held === 'another’s' && adoption !== 'IfExists') return 'OwnedByAnother';
  if (held !== 'nothing' && adoption === 'Never' && !observes) return 'RepositoryExists';
  if (held !== 'nothing') return may('Adopt') ? LET_IN : denied;
  if (observes) return LET_IN;
  if (adoption === 'Only') return 'RepositoryNotFound';
  return may('Create') ? LET_IN : denied;
}

/** The same ones each time. */
export function samples<T>(of: fc.Arbitrary<T>, count: number): T[] {
  return fc.sample(of, { numRuns: count, seed: SEED });
}

/** Rules that let in some and not others: of most random ones nobody may do anything. */
export function rulesThatDiffer(labels: readonly Labels[]): (Rules | undefined)[] {
  const names = samples(randomName, 20);
  const allowed = (rules: Rules | undefined): number =>
    labels.flatMap((one) => names.filter((name) => oracle(rules, 'Create', one, name))).length;
  const most = labels.length * names.length;
  const found = samples(randomRules, 400).filter((rules) => allowed(rules) > most / 4);
  return found.slice(0, REGIONS.length);
}

/** Those of one Registry, each with a name of its own. */
export function trialsOf(registry: number): readonly Trial[] {
  const bounds = { minLength: PER_REGISTRY, maxLength: PER_REGISTRY };
  const many = fc.uniqueArray(trial, { ...bounds, selector: ({ name }) => name });
  return fc.sample(many, { numRuns: 1, seed: SEED + registry })[0] ?? [];
}
