import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { digestOf } from '../../lab/aws/image-state.ts';
import { ACCOUNT } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait-for.ts';
import type { RegistryObject } from '../repository/ecr-lab.ts';
import { OTHER_ACCOUNT, reference, type SettingsLab, startSettingsLab } from './settings-lab.ts';

jest.setTimeout(60_000);

let lab: SettingsLab;

beforeAll(async () => {
  lab = await startSettingsLab();
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const REQUESTED = 'ecr-operator.io/replication-backfill-requested-at';
const STOP = 'ecr-operator.io/replication-backfill-stop-requested-at';

const to = (region: string, accountId = ACCOUNT) => ({ region, accountId });

/** A Registry in a region of its own, with an image that was there before the rule. */
async function replicated(name: string, region: string, destinations = [to('eu-central-1')]) {
  lab.at(region).addRepository('prod/web');
  lab.at(region).addImage('prod/web', { digest: digestOf('web'), tags: new Set(['v1', 'v2']) });
  const replication = { rules: [{ destinations, filters: ['prod'] }] };
  return lab.settled(await lab.registry(name, { region, replication }));
}

async function ask(name: string, annotation: string, value: string): Promise<void> {
  await lab.admin.patch(reference(name), { metadata: { annotations: { [annotation]: value } } });
}

const states = ({ status }: RegistryObject) =>
  (status?.replication?.backfills ?? []).map(
    ({ region, accountId, state }) => `${region} ${accountId} ${state}`,
  );

const inStates = (wanted: readonly string[]) => (found: RegistryObject) =>
  new RegExp(`^${wanted.join(',')}$`).test(states(found).join());

/** What may be missed of a backfill that has begun, where the machine is slow. */
const RUNS = '(PREPARING|IN_PROGRESS)';

/** The Registry, once its backfills are in these states, in no time of the lab. */
function told(name: string, ...wanted: string[]): Promise<RegistryObject> {
  return waitFor(() => lab.now(name), {
    what: `backfills of ${name}: ${wanted.join(', ')}`,
    until: inStates(wanted),
  });
}

/** The Registry, once its backfills are in these states; lab time goes on meanwhile. */
function until(name: string, ...wanted: string[]): Promise<RegistryObject> {
  const later = async () => {
    await lab.advance(10_000);
    return lab.now(name);
  };
  return waitFor(later, {
    what: `backfills of ${name}: ${wanted.join(', ')}`,
    until: inStates(wanted),
    intervalMs: 100,
  });
}

const starts = (region: string) =>
  lab.writes(region).filter((one) => one === 'StartReplicationBackfill').length;

test('images that were there before the rule are copied on request, once, and the end is told', async () => {
  const region = 'eu-west-1';
  const object = await replicated('filled', region);
  expect(lab.aws.as(ACCOUNT, 'eu-central-1').repository('prod/web')).toBeUndefined();
  await ask('filled', REQUESTED, 'first');
  await lab.event(object, 'BackfillStarted', 'replication backfill to eu-central-1 of 123456789012');
  const busy = await until('filled', `eu-central-1 ${ACCOUNT} IN_PROGRESS`);
  expect(busy.status?.replication?.backfills?.[0]).toMatchObject({
    total: 2,
    failed: 0,
    id: expect.any(String),
  });
  const done = await until('filled', `eu-central-1 ${ACCOUNT} COMPLETE`);
  expect(done.status?.replication).toMatchObject({
    backfillRequest: 'first',
    backfills: [{ total: 2, completed: 2, failed: 0, endedAt: expect.any(String) }],
  });
  const copied = lab.aws.as(ACCOUNT, 'eu-central-1').repository('prod/web')?.images.get(digestOf('web'));
  expect([...(copied?.tags ?? [])]).toEqual(['v1', 'v2']);
  await lab.event(object, 'BackfillFinished', 'eu-central-1 of 123456789012 COMPLETE, 2 of 2 copied');

  // What was asked for is done once; another value asks anew.
  await lab.look('filled', region);
  expect(starts(region)).toBe(1);
  await ask('filled', REQUESTED, 'second');
  await waitFor(() => starts(region) === 2, { what: 'another backfill' });
});

test('one at a time goes to a region, and images that cannot be copied are named', async () => {
  const region = 'eu-west-2';
  const two = [to('eu-north-1'), to('eu-north-1', OTHER_ACCOUNT)];
  const object = await replicated('queued', region, two);
  const { backfillPlan } = lab.at(region).registry.wide;
  backfillPlan.failing.set('prod/web', 'KMS_ERROR');
  await ask('queued', REQUESTED, 'now');
  await told('queued', `eu-north-1 ${ACCOUNT} PREPARING`, `eu-north-1 ${OTHER_ACCOUNT} WAITING`);
  await until('queued', `eu-north-1 ${ACCOUNT} COMPLETE`, `eu-north-1 ${OTHER_ACCOUNT} ${RUNS}`);
  const done = await until(
    'queued',
    `eu-north-1 ${ACCOUNT} COMPLETE`,
    `eu-north-1 ${OTHER_ACCOUNT} COMPLETE`,
  );
  expect(done.status?.replication?.backfills?.[0]).toMatchObject({
    failed: 2,
    message: 'prod/web v1: KMS_ERROR; prod/web v2: KMS_ERROR',
  });
  expect((await lab.event(object, 'BackfillFailed')).type).toBe('Warning');
});

test('a backfill that somebody else has begun there is waited for', async () => {
  const region = 'eu-west-3';
  await replicated('waiting', region, [to('eu-south-1', OTHER_ACCOUNT), to('eu-south-1')]);
  const { wide } = lab.at(region).registry;
  lab.at(region).call('StartReplicationBackfill', {
    destination: { region: 'eu-south-1', registryId: ACCOUNT },
  });
  await ask('waiting', REQUESTED, 'now');
  await told('waiting', `eu-south-1 ${OTHER_ACCOUNT} WAITING`, `eu-south-1 ${ACCOUNT} PREPARING`);
  await until('waiting', `eu-south-1 ${OTHER_ACCOUNT} COMPLETE`, `eu-south-1 ${ACCOUNT} COMPLETE`);
  expect(wide.backfills).toHaveLength(2);
});

test('can be stopped, what waits too', async () => {
  const region = 'ap-southeast-1';
  await replicated('stopped', region, [to('ap-southeast-2'), to('ap-southeast-2', OTHER_ACCOUNT)]);
  await ask('stopped', REQUESTED, 'now');
  await told('stopped', `ap-southeast-2 ${ACCOUNT} PREPARING`, `ap-southeast-2 ${OTHER_ACCOUNT} WAITING`);
  await ask('stopped', STOP, 'now');
  await told('stopped', `ap-southeast-2 ${ACCOUNT} STOPPED`, `ap-southeast-2 ${OTHER_ACCOUNT} STOPPED`);
  expect(lab.writes(region)).toContain('StopReplicationBackfill');
});

test('an operator that is killed before it could tell of a backfill takes it for its own', async () => {
  const region = 'ap-southeast-3';
  await replicated('killed', region);
  const off = lab.aws.actions.onAction(async ({ action, region: at }) => {
    if (action === 'ecr:StartReplicationBackfill' && at === region) await lab.operator.kill();
  });
  await ask('killed', REQUESTED, 'now');
  await lab.operator.exited;
  off();
  expect((await lab.now('killed')).status?.replication).toBeUndefined();
  const env = { ECR_OPERATOR_DRIFT_SCHEDULE: '0 0 1 1 *', ECR_OPERATOR_IMAGE_SCHEDULE: '0 0 1 1 *' };
  await lab.startOperator({ server: lab.proxy.url, env });
  await until('killed', `eu-central-1 ${ACCOUNT} COMPLETE`);
  expect(lab.at(region).registry.wide.backfills).toHaveLength(1);
});

test('is not begun where mode: Observe writes nothing, and that is told', async () => {
  const region = 'ap-southeast-4';
  const object = await replicated('watching', region);
  const { spec } = await lab.now('watching');
  await lab.settled(await lab.registry('watching', { ...spec, mode: 'Observe' }));
  await ask('watching', REQUESTED, 'now');
  await lab.event(object, 'BackfillFailed', 'no replication backfill is begun: mode: Observe writes nothing');
  expect(starts(region)).toBe(0);
});

test('is not begun where no replication is declared, nor later; that is told', async () => {
  const region = 'ap-northeast-2';
  const object = await lab.settled(await lab.registry('undeclared', { region }));
  await ask('undeclared', REQUESTED, 'now');
  await lab.event(
    object,
    'BackfillFailed',
    'no replication backfill is begun: the Registry declares no replication',
  );
  await waitFor(() => lab.now('undeclared'), {
    what: 'the request to be known',
    until: ({ status }) => status?.replication?.backfillRequest === 'now',
  });
  const replication = { rules: [{ destinations: [to('eu-central-1')] }] };
  await lab.settled(await lab.registry('undeclared', { region, replication }));
  await lab.look('undeclared', region);
  expect(lab.writes(region)).toEqual(['PutReplicationConfiguration']);
});
