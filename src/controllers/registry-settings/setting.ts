import type { RegistrySpec, RegistryStatusSettingName } from '../../api/registry.generated.ts';
import type { Tense } from '../../ecr/document-diff.ts';
import { canonical, type Json } from '../../ecr/json-document.ts';
import type { RegistrySettingsApi } from '../../ecr/registry-settings-api.ts';
import { cutText } from '../../runtime/cut-text.ts';

/** One difference between what is declared and what ECR holds. */
export interface Change {
  /** From what to what, for people. */
  readonly words: string;
  /** Ends it. */
  apply(api: RegistrySettingsApi): Promise<void>;
}

/** What a comparison takes into account beside the declaration. */
export interface ComparisonContext {
  /** The exclusions that are ours to take away. */
  readonly owned: readonly string[];
  /** Whether the words are of what is done, or of what is left to do. */
  readonly tense: Tense;
}

/** What tells one registry-wide setting from another: `D` is the declaration, `L` what ECR holds. */
export interface SettingDefinition<D, L> {
  readonly name: RegistryStatusSettingName;
  /** Undefined leaves the setting alone. */
  declared(spec: RegistrySpec): D | undefined;
  observe(api: RegistrySettingsApi, declared: D): Promise<L>;
  /** What is to be done; empty where both mean the same (pure). */
  plan(declared: D, live: L, context: ComparisonContext): readonly Change[];
}

/** A registry-wide setting as the controller sees it. */
export interface Setting {
  readonly name: RegistryStatusSettingName;
  /** Equal text for equal declarations; undefined where there is none. */
  declaration(spec: RegistrySpec): string | undefined;
  /** Reads the setting; gives what is to be done. Throws where it cannot be read. */
  compare(
    spec: RegistrySpec,
    api: RegistrySettingsApi,
    context: ComparisonContext,
  ): Promise<readonly Change[]>;
}

/** The {@link Setting} of a definition. */
export function setting<D, L>(definition: SettingDefinition<D, L>): Setting {
  const { name, declared, observe, plan } = definition;
  return {
    name,
    declaration(spec) {
      const found = declared(spec);
      return found === undefined ? undefined : canonical(found as Json);
    },
    async compare(spec, api, context) {
      const found = declared(spec);
      return found === undefined ? [] : plan(found, await observe(api, found), context);
    },
  };
}

const LONGEST = 300;

/** `from A to B`, each cut where it is long (pure). */
export function fromTo(from: string, to: string): string {
  return `from ${short(from)} to ${short(to)}`;
}

function short(text: string): string {
  return text.length > LONGEST ? `${cutText(text, LONGEST)}…` : text;
}

/** ` for A, B`; empty for every repository (pure). */
export function forFilters(filters: readonly string[]): string {
  return filters.length === 0 ? '' : ` for ${[...filters].sort().join(', ')}`;
}
