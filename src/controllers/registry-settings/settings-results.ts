import type {
  Registry,
  RegistryStatusReplication,
  RegistryStatusSettingName,
  RegistryStatusSettingState,
} from '../../api/registry.generated.ts';
import { createTrigger, type Trigger } from '../../runtime/sources.ts';

/** How it stands with one setting. */
export interface SettingState {
  readonly name: RegistryStatusSettingName;
  readonly state: RegistryStatusSettingState;
  /** Of the condition; absent where all is well. */
  readonly reason?: string;
  readonly message?: string;
  /** See `Failure`. */
  readonly occurrence?: string;
  /** No retry mends it. */
  readonly terminal?: boolean;
  /** The declaration that ECR held last: what differs from it was changed by somebody else. */
  readonly held?: string;
  /** The Registry has it: ECR held once what it declares, in mode Enforce. */
  readonly holder?: boolean;
  /** When it was last put right (RFC 3339). */
  readonly lastMended?: string;
  /** When somebody else began to keep writing it (ms). */
  readonly contestedSince?: number;
}

/** What the last pass over the registry-wide settings of a Registry came to; it is told in the Registry's status. */
export interface SettingsResult {
  readonly uid: string;
  /** Of the spec that it is about. */
  readonly generation: number;
  /** The part of that spec that it is about, see `settingsText`. */
  readonly about: string;
  readonly settings: readonly SettingState[];
  /** The pull-time update exclusions that are ours to take away. */
  readonly owned: readonly string[];
  readonly replication?: RegistryStatusReplication;
}

/** What passes have found, by the Registry's name. */
export interface SettingsResults {
  /** Undefined until the first pass over this very object since the operator's start. */
  of(registry: Pick<Registry, 'metadata'>): SettingsResult | undefined;
  set(name: string, result: SettingsResult): void;
  delete(name: string): void;
  /** Wakes Registries that have something new to tell. */
  readonly changed: Trigger;
}

/** Nothing was found yet. */
export function createSettingsResults(): SettingsResults {
  const results = new Map<string, SettingsResult>();
  return {
    of({ metadata }) {
      const found = results.get(metadata.name);
      return found?.uid === metadata.uid ? found : undefined;
    },
    set: (name, result) => void results.set(name, result),
    delete: (name) => void results.delete(name),
    changed: createTrigger(),
  };
}
