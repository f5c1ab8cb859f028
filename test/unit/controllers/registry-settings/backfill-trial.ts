import { registry } from '../objects.ts';
import { settingsTrial } from './settings-trial.ts';

export const REQUESTED = 'ecr-operator.io/replication-backfill-requested-at';
export const STOP = 'ecr-operator.io/replication-backfill-stop-requested-at';
export const ACCOUNT = '123456789012';

/** Replication to these regions. */
export const to = (...regions: string[]) => ({
  replication: { rules: regions.map((region) => ({ destinations: [{ region, accountId: ACCOUNT }] })) },
});

/** A Registry whose replication is as declared, with that annotation. */
export async function asked(spec: object, annotations: Record<string, string> = { [REQUESTED]: 'one' }) {
  const trial = settingsTrial(registry('default', spec));
  await trial.pass();
  trial.told();
  trial.calls();
  trial.put(registry('default', spec, { annotations }));
  const end = (id: string, more: object = {}) => {
    const found = trial.held.backfills.get(id);
    if (!found) throw new Error(`no backfill ${id}`);
    const endedAt = '2026-01-01T13:00:00Z';
    trial.held.backfills.set(id, { ...found, status: 'COMPLETE', endedAt, ...more });
  };
  const annotate = (more: Record<string, string>) =>
    trial.put(registry('default', spec, { annotations: { ...annotations, ...more } }));
  const states = () =>
    (trial.status().fields.replication?.backfills ?? []).map(({ region, state }) => `${region} ${state}`);
  return { ...trial, end, annotate, states };
}
