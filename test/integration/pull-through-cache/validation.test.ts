import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { waitFor } from '../../lab/wait-for.ts';
import {
  conditionOf,
  DOCKER_HUB,
  type PrefixLab,
  type RuleObject,
  type RuleSpec,
  startPrefixLab,
} from './prefix-lab.ts';

const ANNOTATION = 'ecr-operator.io/validation-requested-at';
const EXPIRED = 'the upstream registry did not take the credentials';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

jest.setTimeout(60_000);

let scene: PrefixLab;

beforeAll(async () => {
  scene = await startPrefixLab();
}, 600_000);

afterAll(async () => {
  await scene?.lab.stop();
});

let name = '';
let count = 0;

beforeEach(() => {
  count += 1;
  name = `rule-${count}`;
});

const ready = async (spec: RuleSpec = DOCKER_HUB) => scene.settled(await scene.rule(name, spec));
const read = async (rule: RuleObject) => (await scene.lab.admin.get<RuleObject>(rule)) as RuleObject;
const validations = () => scene.callsOn(name).filter((call) => call.startsWith('Validate')).length;
const asked = (times: number) => waitFor(() => validations() >= times, { what: `${times} validations` });
const ask = (rule: RuleObject, value: string) =>
  scene.lab.admin.patch(rule, { metadata: { annotations: { [ANNOTATION]: value } } });

test('an expired login is seen within the hour, told, and seen to be mended on request', async () => {
  const rule = await ready();
  scene.heldRule(name).failure = EXPIRED;
  await scene.lab.advance(HOUR);
  const refused = await scene.settled(rule, 'UpstreamRefused');
  expect(conditionOf(refused, 'Synced')?.status).toBe('True');
  expect(conditionOf(refused, 'Valid')).toMatchObject({
    status: 'False',
    message: expect.stringContaining(EXPIRED),
  });
  expect(conditionOf(refused, 'Stalled')?.status).toBe('True');
  await scene.event(rule, 'UpstreamRefused', EXPIRED);

  scene.heldRule(name).failure = undefined;
  await ask(rule, 'now');
  const mended = await scene.settled(rule);
  expect(mended.status?.validationRequest).toBe('now');
  const before = validations();
  await scene.sweep();
  await scene.settled(rule);
  expect(validations()).toBeLessThanOrEqual(before + 1);
});

test('the schedule says when ECR is asked, and the time is told once an hour', async () => {
  const rule = await ready({ ...DOCKER_HUB, validation: { schedule: '*/5 * * * *', timeZone: 'UTC' } });
  const first = validations();
  for (const more of [1, 2, 3]) {
    await scene.lab.advance(5 * MINUTE);
    await asked(first + more);
  }
  expect((await read(rule)).metadata.resourceVersion).toBe(rule.metadata.resourceVersion);
  await scene.lab.advance(HOUR);
  await waitFor(async () => (await read(rule)).status?.lastValidated !== rule.status?.lastValidated, {
    what: 'the new time',
  });
});

test.each([
  ['a schedule', { schedule: '61 * * * *', timeZone: 'UTC' }, 'InvalidSchedule'],
  ['a time zone', { schedule: '*/5 * * * *', timeZone: 'Europe/Nowhere' }, 'InvalidTimeZone'],
])('%s that is none is told, and every hour is taken', async (_, validation, reason) => {
  const rule = await ready({ ...DOCKER_HUB, validation });
  expect(conditionOf(rule, 'ValidationScheduled')).toMatchObject({ status: 'False', reason });
  const first = validations();
  await scene.lab.advance(HOUR);
  await asked(first + 1);
});

test('an upstream without a login is valid without a question', async () => {
  const rule = await ready({ upstreamRegistry: 'quay' });
  expect(conditionOf(rule, 'Valid')).toMatchObject({ status: 'True', reason: 'NothingToValidate' });
  await ask(rule, 'now');
  await scene.lab.advance(HOUR);
  await scene.sweep();
  await scene.settled(rule);
  expect(validations()).toBe(0);
});

test('where ECR may not be asked it is unknown, and asked again', async () => {
  const action = 'ecr:ValidatePullThroughCacheRule';
  const fault = scene.lab.aws.faults.add({ match: { action }, fault: { kind: 'access-denied' } });
  const rule = await scene.settled(await scene.rule(name), 'AccessDenied');
  expect(conditionOf(rule, 'Ready')?.status).toBe('Unknown');
  expect(conditionOf(rule, 'Valid')?.message).toContain(action);
  expect(rule.status?.lastValidated).toBeUndefined();
  fault.remove();
  await scene.lab.advance(MINUTE);
  await scene.settled(rule);
});

test('a change by somebody else is validated, although it is only observed', async () => {
  const rule = await ready({ ...DOCKER_HUB, mode: 'Enforce' });
  await scene.settled(await scene.rule(name, { ...DOCKER_HUB, mode: 'Observe' }));
  await scene.lab.advance(MINUTE);
  const before = validations();
  scene.lab.ecr.call('UpdatePullThroughCacheRule', {
    ecrRepositoryPrefix: name,
    credentialArn: `${DOCKER_HUB.credentialArn}2`,
  });
  await scene.sweep();
  await scene.settled(rule, 'DriftObserved');
  expect(validations()).toBeGreaterThan(before);
});

test('after a restart what the status tells is known', async () => {
  const rule = await ready();
  await scene.lab.operator.stop();
  const before = validations();
  const looks = scene.callsOn(name).length;
  await scene.lab.startOperator();
  await waitFor(() => scene.callsOn(name).length > looks, { what: 'a look at the rule' });
  await scene.settled(rule);
  expect(validations()).toBe(before);
});
