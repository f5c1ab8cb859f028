import { expect, test } from '@jest/globals';
import type { Registry } from '../../../../src/api/registry.generated.ts';
import { SCANNING } from '../../../../src/controllers/registry-settings/scanning.ts';
import { settingHolder } from '../../../../src/controllers/registry-settings/settings-holder.ts';
import { createSettingsResults } from '../../../../src/controllers/registry-settings/settings-results.ts';
import { registry } from '../objects.ts';

const DECLARED = { scanning: { scanType: 'BASIC' } } as const;

const made = (name: string, year: number, spec: object = DECLARED, meta: object = {}): Registry =>
  registry(name, spec, { creationTimestamp: `${year}-01-01T00:00:00Z`, ...meta });

const REST = { ...DECLARED, suspend: true };
const LOOK = { ...DECLARED, mode: 'Observe' };

/** Recorded as the one that has it. */
const held = (one: Registry, state: 'Synced' | 'Failed' | 'Drifted' = 'Synced'): Registry => ({
  ...one,
  status: { settings: [{ name: 'scanning', state, holder: true }] },
});

/** With what came of a look, or of none. */
const told = (one: Registry, state: 'Synced' | 'Failed' | 'Drifted' | 'Conflict'): Registry => ({
  ...one,
  status: { settings: [{ name: 'scanning', state }] },
});

const connected = (one: Registry, status: 'True' | 'False'): Registry => {
  const condition = {
    type: 'Connected',
    status,
    reason: 'x',
    message: 'x',
    lastTransitionTime: '2025-01-01T00:00:00Z',
  };
  return { ...one, status: { ...one.status, conditions: [condition] } };
};

test.each<[string, readonly Registry[], string | undefined]>([
  ['the only one', [made('a', 2024)], 'a'],
  ['the older of two', [made('a', 2025), made('b', 2024)], 'b'],
  ['the first by name of those of the same age', [made('b', 2024), made('a', 2024)], 'a'],
  ['the recorded one, though it is younger', [made('a', 2024), held(made('b', 2025))], 'b'],
  ['the recorded one, though it failed', [made('a', 2024), held(made('b', 2025), 'Failed')], 'b'],
  ['the recorded one, though it is suspended', [held(made('a', 2025, REST)), made('b', 2024)], 'a'],
  [
    'the recorded one, though it only observes now',
    [held(made('a', 2025, LOOK), 'Drifted'), made('b', 2024)],
    'a',
  ],
  [
    'the recorded one, though its keys are refused',
    [connected(held(made('a', 2025)), 'False'), made('b', 2024)],
    'a',
  ],
  ['the older of two that lost', [told(made('a', 2024), 'Conflict'), told(made('b', 2023), 'Conflict')], 'b'],
  ['the older, though it failed and never had it', [told(made('a', 2024), 'Failed'), made('b', 2025)], 'a'],
  ['the older, of which nothing is known yet', [made('a', 2024), connected(made('b', 2025), 'True')], 'a'],
  [
    'none that is of another region',
    [made('a', 2024, { ...DECLARED, region: 'eu-west-1' }), made('b', 2025)],
    'b',
  ],
  ['none that does not declare it', [made('a', 2024, {}), made('b', 2025)], 'b'],
  [
    'none that is going',
    [made('a', 2024, DECLARED, { deletionTimestamp: '2026-01-01T00:00:00Z' }), made('b', 2025)],
    'b',
  ],
  ['none that is suspended and never had it', [made('a', 2024, REST), made('b', 2025)], 'b'],
  ['none that only observes', [told(made('a', 2024, LOOK), 'Drifted'), made('b', 2025)], 'b'],
  [
    'none that only observes, though it found no difference',
    [told(made('a', 2024, LOOK), 'Synced'), made('b', 2025)],
    'b',
  ],
  ['none whose keys never worked', [connected(made('a', 2024), 'False'), made('b', 2025)], 'b'],
  ['the one that asks, whose keys work again', [connected(made('b', 2024), 'False')], 'b'],
  ['nobody, where all only observe', [made('a', 2024, LOOK), made('b', 2025, LOOK)], undefined],
])('the holder of a setting is %s', (_, registries, holder) => {
  const asking = registries.find(({ metadata }) => metadata.name === 'b') ?? registries[0];
  expect(settingHolder(SCANNING, asking as Registry, registries, createSettingsResults())).toBe(holder);
});

test('what was found last counts, and not what an older status says', () => {
  const results = createSettingsResults();
  const [a, b] = [told(made('a', 2024), 'Conflict'), held(made('b', 2025))];
  results.set('b', { uid: b.metadata.uid, generation: 1, about: '', settings: [], owned: [] });
  expect(settingHolder(SCANNING, a, [a, b], results)).toBe('a');
  results.set('b', { uid: 'of one before', generation: 1, about: '', settings: [], owned: [] });
  expect(settingHolder(SCANNING, a, [a, b], results)).toBe('b');
});
