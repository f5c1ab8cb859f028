import { describe, expect, test } from '@jest/globals';
import type { PullThroughCacheRuleSpec } from '../../../../src/api/pull-through-cache-rule.generated.ts';
import { createDriftChecks } from '../../../../src/controllers/drift/drift-checks.ts';
import type { Parts } from '../../../../src/controllers/parts.ts';
import { pullThroughCacheRuleController } from '../../../../src/controllers/pull-through-cache-rule/controller.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { recordedLog } from '../../runtime/recorded-log.ts';
import { connected, informerOf } from '../connected.ts';
import { NOW, registry, stored } from '../objects.ts';
import { rule } from '../pull-through-cache-rule/rule-objects.ts';

/** A rule of that name for the prefix `both`, in that Registry. */
function declared(name: string, of: string, spec: Partial<PullThroughCacheRuleSpec> = {}) {
  const whole = rule({ prefix: 'both', registryRef: { name: of }, ...spec });
  return { ...whole, metadata: { ...whole.metadata, name, uid: `uid-of-${name}` } };
}

/** The controller on caches that a test changes, connected, and at rest. */
function wired() {
  const drift = createDriftChecks();
  const registries = stored(
    [registry('here'), registry('same'), registry('far', { region: 'eu-west-1' })],
    ({ metadata }) => metadata.name,
  );
  const all = [
    declared('first', 'here'),
    declared('second', 'same'),
    declared('remote', 'far'),
    declared('lone', 'here', { prefix: 'lone' }),
  ];
  const rules = stored(all, ({ metadata }) => metadata.name);
  const controller = pullThroughCacheRuleController({
    caches: { registries: informerOf(registries), pullThroughCacheRules: informerOf(rules) },
    world: { registries, pullThroughCacheRules: rules },
    drift,
    clock: createFakeClock(NOW),
    log: recordedLog(),
  } as unknown as Parts);
  return { drift, registries, rules, woken: connected(controller) };
}

describe('what ECR has for a prefix is looked at', () => {
  test('after each drift check of its Registry, but for one that AWS did not answer', () => {
    const { drift, woken } = wired();
    expect(woken(() => drift.set('here', { at: NOW }))).toEqual(['first', 'lone']);
    expect(woken(() => drift.set('here', { at: NOW, failure: new Error('throttled') }))).toEqual([]);
  });

  test('when a Registry of its account and region changes, and not when its status does', () => {
    const { registries, woken } = wired();
    const now = registry('same', { access: 'PullOnly' }, { generation: 2 });
    expect(woken(() => registries.set('same', now, '2'))).toEqual(['first', 'lone', 'second']);
    expect(woken(() => registries.set('same', { ...now, status: {} }, '3'))).toEqual([]);
  });

  test('when its Registry is gone', () => {
    const { registries, woken } = wired();
    expect(woken(() => registries.remove('far'))).toEqual(['remote']);
  });

  test('when it changes itself, and not when its status does', () => {
    const { rules, woken } = wired();
    const one = declared('lone', 'here', { prefix: 'lone', suspend: true });
    const changed = { ...one, metadata: { ...one.metadata, generation: 2 } };
    expect(woken(() => rules.set('lone', changed, '2'))).toEqual(['lone']);
    expect(woken(() => rules.set('lone', { ...changed, status: {} }, '3'))).toEqual([]);
  });

  test('when another one that may have had it is gone, made anew, or only observes', () => {
    const { rules, woken } = wired();
    const one = declared('first', 'here');
    const observing = {
      ...declared('first', 'here', { mode: 'Observe' }),
      metadata: { ...one.metadata, generation: 2 },
    };
    expect(woken(() => rules.set('first', observing, '2'))).toEqual(['first', 'second']);
    const anew = { ...observing, metadata: { ...one.metadata, uid: 'another' } };
    expect(woken(() => rules.set('first', anew, '3'))).toEqual(['first', 'second']);
    expect(woken(() => rules.remove('first'))).toEqual(['first', 'second']);
    expect(woken(() => rules.remove('lone'))).toEqual(['lone']);
  });
});
