import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import { conditionOf, OWNER_TAG, type RegistrySettings, readyOf } from '../repository/ecr-lab.ts';
import { HOUR, MINUTE, type SweepLab, startSweepLab } from './sweep-lab.ts';

const DAY = 24 * HOUR;
const NAMESPACE = 'scheduled';

jest.setTimeout(60_000);

let lab: SweepLab;

beforeAll(async () => {
  lab = await startSweepLab();
  await lab.namespace(NAMESPACE);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

/** A Registry of its own, in a region of its own so that its lists are told from others. */
const registry = (name: string, region: string, settings: RegistrySettings) =>
  lab.registry(name, { region, ...settings });

const lists = (region: string) =>
  lab.aws.actions.all().filter((one) => one.action === 'ecr:DescribeRepositories' && one.region === region)
    .length;

const listed = (region: string, count: number) =>
  waitFor(() => lists(region), { what: `list ${count} of ${region}`, until: (found) => found === count });

/** Lab time goes on to that moment, and to what that sets off. */
async function skipTo(time: number): Promise<void> {
  await lab.advance(Math.max(0, time - lab.now()));
}

let probes = 0;

/** None came, though there was time for it: that of a Registry which came later is over. */
async function stillListed(region: string, count: number): Promise<void> {
  probes += 1;
  const before = lists('eu-west-1');
  await registry(`probe-${probes}`, 'eu-west-1', {});
  await listed('eu-west-1', before + 1);
  expect(lists(region)).toBe(count);
}

describe('driftCheck.schedule', () => {
  test('is followed by the clock of its time zone', async () => {
    const region = 'ap-south-1';
    // Nine in the morning where there is no summer time: 3:30 in UTC.
    const driftCheck = { schedule: '0 9 * * *', timeZone: 'Asia/Kolkata' };
    const object = await lab.settled(await registry('kolkata', region, { driftCheck }));
    await listed(region, 1);
    const today = Math.floor(lab.now() / DAY) * DAY + 3.5 * HOUR;
    const next = today > lab.now() ? today : today + DAY;
    const { status } = await waitFor(() => lab.admin.get<typeof object>(object), {
      what: 'the time of the next comparison',
      until: (found) => found?.status?.nextDriftCheck !== undefined,
    }).then((found) => found ?? object);
    expect(Date.parse(status?.nextDriftCheck ?? '')).toBe(next);
    await skipTo(next - MINUTE);
    await stillListed(region, 1);
    await skipTo(next + 1_000);
    await listed(region, 2);
    await skipTo(next + DAY - MINUTE);
    await stillListed(region, 2);
    await skipTo(next + DAY + 1_000);
    await listed(region, 3);
  });

  test('begins no second comparison while one is under way, and leaves that time out', async () => {
    const region = 'us-west-2';
    const driftCheck = { schedule: '* * * * *', timeZone: 'UTC' };
    await lab.settled(await registry('minutely', region, { driftCheck }));
    await listed(region, 1);
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    const match = { action: 'ecr:DescribeRepositories', region };
    const slow = lab.aws.faults.add({ match, fault: { kind: 'slow', until } });
    await skipTo(lab.now() + MINUTE);
    await waitFor(() => slow.hits(), { what: 'the slow list' });
    await skipTo(lab.now() + 2 * MINUTE);
    await stillListed(region, 1);
    expect(slow.hits()).toBe(1);
    slow.remove();
    answer();
    await listed(region, 2);
    await skipTo(lab.now() + MINUTE);
    await listed(region, 3);
  });

  test('that no one can follow is said, and the Registry is Ready all the same', async () => {
    const driftCheck = { schedule: '99 * * * *', timeZone: 'UTC' };
    const object = await lab.settled(await registry('wrong', 'us-east-2', { driftCheck }));
    expect(readyOf(object).status).toBe('True');
    expect(conditionOf(object, 'DriftChecked')).toMatchObject({
      status: 'False',
      reason: 'InvalidSchedule',
      message: expect.stringMatching(/"99 \* \* \* \*" is no schedule: write five cron fields/),
    });
    const zone = { driftCheck: { schedule: '0 9 * * *', timeZone: 'Europe/Atlantis' } };
    const other = await lab.settled(await registry('wrong', 'us-east-2', zone));
    expect(conditionOf(other, 'DriftChecked')?.reason).toBe('InvalidTimeZone');
    const right = { driftCheck: { schedule: '0 9 * * *', timeZone: 'Europe/Berlin' } };
    const mended = await lab.settled(await registry('wrong', 'us-east-2', right));
    expect(conditionOf(mended, 'DriftChecked')).toBeUndefined();
  });

  test('counts for nothing while the Registry is suspended, and a comparison begins when that is over', async () => {
    const region = 'ca-central-1';
    const driftCheck = { schedule: '* * * * *', timeZone: 'UTC' };
    const object = await lab.settled(await registry('paused', region, { driftCheck }));
    await listed(region, 1);
    await lab.admin.patch(object, { spec: { suspend: true } });
    await waitFor(() => lab.admin.get<typeof object>(object), {
      what: 'the suspension',
      until: (found) => conditionOf(found, 'Suspended') !== undefined,
    });
    const before = lists(region);
    await skipTo(lab.now() + 5 * MINUTE);
    await stillListed(region, before);
    await lab.admin.patch(object, { spec: { suspend: false } });
    await listed(region, before + 1);
  });
});

test('a sweep in which AWS goes away ends, and is made again when AWS is back', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `outage-${index}`);
  for (const name of names) await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' } });
  for (const name of names)
    await lab.settled(await lab.repository(NAMESPACE, name, { registryRef: { name: 'open' } }));
  const fault = lab.aws.faults.add({
    match: { action: 'ecr:ListTagsForResource' },
    fault: { kind: 'server-error', status: 503 },
  });
  lab.held('outage-7').tags.delete(OWNER_TAG);
  await lab.beginSweep();
  await waitFor(() => lab.open(), {
    what: 'the Registry to say why nothing was compared',
    until: (found) => conditionOf(found, 'DriftChecked')?.reason === 'AWSUnavailable',
    timeoutMs: 30_000,
  });
  fault.remove();
  await waitFor(
    async () => {
      await lab.advance(20_000);
      return lab.held('outage-7').tags.has(OWNER_TAG);
    },
    { what: 'the drift to be mended', intervalMs: 200 },
  );
  await waitFor(() => lab.open(), {
    what: 'the condition to go',
    until: (found) => conditionOf(found, 'DriftChecked') === undefined,
  });
});
