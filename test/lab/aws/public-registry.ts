import { PUBLIC_REGION, publicRepositoryArn } from './aws-names.ts';
import { createRegistry, type Registry } from './registry-state.ts';
import type { SimulatorClock } from './simulator-clock.ts';

/** What the gallery shows of a repository; mutable on purpose, like all that a registry holds. */
export interface PublicCatalog {
  description?: string;
  architectures?: readonly string[];
  operatingSystems?: readonly string[];
  aboutText?: string;
  usageText?: string;
  /** Another one after each upload. */
  logoUrl?: string;
  /** What was uploaded, base64; AWS gives it back to nobody. */
  logo?: string;
}

/** An account's registry at ECR Public, of which there is one, without a region in its ARNs. */
export function createPublicRegistry(accountId: string, clock: SimulatorClock): Registry {
  const registry = createRegistry(accountId, PUBLIC_REGION, clock);
  const { add } = registry;
  registry.add = (name, settings = {}) =>
    add(name, { arn: publicRepositoryArn(accountId, name), uri: publicUri(accountId, name), ...settings });
  return registry;
}

/** AWS gives each registry an alias by default, one letter, digits and letters. */
function publicUri(accountId: string, name: string): string {
  return `public.ecr.aws/a${Number(accountId).toString(36)}/${name}`;
}
