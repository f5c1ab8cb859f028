import { policyChanges, type Tense } from '../../ecr/document-diff.ts';
import type { LiveCatalog, PublicRepositoryApi } from '../../ecr/public-repository-api.ts';
import { withoutTags } from '../../ecr/tags.ts';
import { cutText } from '../../runtime/cut-text.ts';
import { describeTagAction } from '../repository/apply.ts';
import { PUBLIC_NOUN } from './desired.ts';
import type { ObservedPublicRepository } from './observe.ts';
import { type CatalogField, type PublicRepositoryAction, type PutCatalog, placeOf } from './plan.ts';

/** Where actions are done. */
export interface PublicTarget {
  readonly api: PublicRepositoryApi;
  readonly name: string;
  /** The declared logo, as base64; throws unless it has this hash. Called only where a logo is put. */
  readLogo(hash: string): Promise<string>;
}

/** Does one action; gives what ECR Public holds after it, without asking again. */
export async function applyPublicAction(
  target: PublicTarget,
  action: PublicRepositoryAction,
  observed: ObservedPublicRepository,
): Promise<ObservedPublicRepository> {
  const { api, name } = target;
  const arn = observed.live?.arn ?? '';
  switch (action.type) {
    case 'CreateRepository': {
      const { tags } = action;
      return { live: await api.createRepository({ name, tags }), tags };
    }
    case 'TagResource':
      await api.tag(arn, action.tags);
      return { ...observed, tags: { ...observed.tags, ...action.tags } };
    case 'UntagResource':
      await api.untag(arn, action.keys);
      return { ...observed, tags: withoutTags(observed.tags, action.keys) };
    case 'PutRepositoryCatalogData': {
      const catalog = await putCatalog(target, action);
      return { ...observed, catalog, ...putLogoOf(action, catalog) };
    }
    case 'SetRepositoryPolicy':
      await api.setRepositoryPolicy(name, action.document, action.force);
      return { ...observed, policy: action.document };
  }
}

async function putCatalog(
  { api, name, readLogo }: PublicTarget,
  { catalog, logoHash }: PutCatalog,
): Promise<LiveCatalog> {
  const logo = logoHash === undefined ? {} : { logoImage: await readLogo(logoHash) };
  return api.putCatalog(name, { ...catalog, ...logo });
}

function putLogoOf(
  { logoHash: hash }: PutCatalog,
  { logoUrl: url }: LiveCatalog,
): Pick<ObservedPublicRepository, 'putLogo'> {
  return hash === undefined ? {} : { putLogo: { hash, ...(url === undefined ? {} : { url }) } };
}

/** For people: what an action changed, or is left to change, from what to what. */
export function describePublicAction(
  name: string,
  action: PublicRepositoryAction,
  { tags, catalog = {}, policy }: ObservedPublicRepository,
  tense: Tense = 'done',
): string {
  switch (action.type) {
    case 'CreateRepository':
      return tense === 'done' ? `made ${PUBLIC_NOUN} ${name}` : `there is no ${PUBLIC_NOUN} ${name}`;
    case 'TagResource':
    case 'UntagResource':
      return describeTagAction(action, tags, tense);
    case 'PutRepositoryCatalogData':
      return action.changed.map((field) => catalogChange(field, action, catalog, tense)).join('; ');
    case 'SetRepositoryPolicy':
      return `repository policy: ${policyChanges(policy, action.document, tense)}`;
  }
}

function catalogChange(
  field: CatalogField,
  { catalog }: PutCatalog,
  live: LiveCatalog,
  tense: Tense,
): string {
  if (field !== 'logoImage') return `${field} ${fromTo(live[field], catalog[field])}`;
  const verb = tense === 'done' ? 'put' : 'to put';
  return `logoImage ${verb} in the place of ${placeOf(live.logoUrl) ?? 'none'}`;
}

type Words = string | readonly string[];

/** How much is shown of a long text, and how much of that stands before the first difference. */
const LONGEST = 100;
const BEFORE = 20;

function fromTo(live: Words = '', wanted: Words = ''): string {
  const [a, b] = [wholeOf(live), wholeOf(wanted)];
  const isLong = Math.max(a.length, b.length) > LONGEST;
  const start = isLong ? Math.max(0, firstDifference(a, b) - BEFORE) : 0;
  return `from ${shown(live, start)} to ${shown(wanted, start)}`;
}

function wholeOf(value: Words): string {
  return typeof value === 'string' ? value : value.join(', ');
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** A text in quotes, a list with commas; of a long one what stands at `start`. */
function shown(value: Words, start: number): string {
  if (value.length === 0) return 'none';
  const whole = wholeOf(value);
  const cut = cutText(whole.slice(start), LONGEST);
  const part = typeof value === 'string' ? JSON.stringify(cut) : cut;
  if (cut.length === whole.length) return part;
  const end = start + LONGEST < whole.length ? '…' : '';
  return `${start > 0 ? '…' : ''}${part}${end} (${whole.length} characters)`;
}
