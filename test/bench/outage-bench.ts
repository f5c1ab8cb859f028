import { setTimeout as sleep } from 'node:timers/promises';
import { ACCOUNT, type Lab, REGION, startLab } from '../lab/lab.ts';
import { duration, largest, type Report } from './figures.ts';
import {
  API_VERSION,
  makeNamespaces,
  object,
  roleFor,
  stopOperator,
  type Watches,
  watchFleet,
} from './fleet.ts';

/** Scopes of one Registry, each with a token of its own in a namespace of its own. */
const TOKENS = 20;
/** Of the SDK for one call; src/ecr/client-settings.ts. */
const ATTEMPTS = 3;
/** Between two questions: 5 s, a tenth earlier at the most; src/controllers/pull-secret/registry-breaker.ts. */
const SHORTEST_PAUSE_MS = 4_500;
/** Until the first failure is known each of four workers may ask; then come three short pauses. */
const AT_FIRST = 4 + 3;

/** How often AWS is asked while it is away and all tokens are due. */
export async function outageBench(report: Report, { seconds }: { readonly seconds: number }): Promise<void> {
  const lab = await startLab();
  try {
    report.part(`AWS away for ${seconds} s while ${TOKENS} tokens (scopes of one registry) are due`);
    await makeNamespaces(lab, TOKENS, 1);
    const watches = await watchFleet(lab);
    try {
      await outage(lab, report, watches, seconds * 1_000);
    } finally {
      await watches.stop();
    }
  } finally {
    await lab.stop();
  }
}

async function outage(lab: Lab, report: Report, watches: Watches, ms: number): Promise<void> {
  const { aws } = lab;
  const { secrets } = watches;
  const operator = await lab.startOperator({ env: { ECR_OPERATOR_LOG_LEVEL: 'info' } });
  const there = secrets.until(TOKENS, ({ logins }) => logins.length === 1);
  await Promise.all([there, declareScopes(lab)]);
  const fault = aws.faults.add({ match: {}, fault: { kind: 'server-error', status: 503 } });
  aws.actions.clear();
  const dueAt = largest(secrets.values().flatMap(({ logins }) => logins.map(({ rotateAt }) => rotateAt)));
  await lab.advance(dueAt + 1_000 - aws.clock.now().getTime());
  await pass(lab, ms);
  const calls = aws.actions.all().length;
  const most = Math.ceil(ms / SHORTEST_PAUSE_MS + AT_FIRST) * ATTEMPTS;
  report.check(
    calls > 0 && calls <= most,
    `calls of AWS, the SDK's ${ATTEMPTS} attempts each`,
    String(calls),
    `at most ${most}`,
  );
  aws.actions.clear();
  const renewed = secrets.until(TOKENS, ({ logins }) => logins.some(({ issuedAt }) => issuedAt > dueAt));
  const back = performance.now();
  fault.remove();
  report.row(`AWS back, to the last of ${TOKENS} renewed Secrets`, duration((await renewed) - back));
  report.row('  calls of AWS, two for each token', String(aws.actions.all().length));
  await stopOperator(operator);
}

async function declareScopes(lab: Lab): Promise<void> {
  const pullRoleArn = roleFor(lab, 'pull');
  const registry = { accountId: ACCOUNT, region: REGION, access: 'PullOnly', pullRoleArn };
  await lab.admin.create(object('Registry', 'one', registry));
  for (let index = 0; index < TOKENS; index += 1) {
    const metadata = { namespace: `bench-${index}`, name: 'own' };
    const spec = { registries: [{ name: 'one', repositories: [`team-${index}/*`] }] };
    await lab.admin.create({ apiVersion: API_VERSION, kind: 'PullSecret', metadata, spec } as never);
  }
}

const STEP_MS = 250;
/** Longer than the SDK waits between two attempts at one call. */
const QUIET_MS = 400;

/** Lets time pass in steps, each after what the one before it made the operator do: an attempt takes real time. */
async function pass(lab: Lab, ms: number): Promise<void> {
  const { actions, clock } = lab.aws;
  const end = clock.now().getTime() + ms;
  let seen = 0;
  while (clock.now().getTime() < end) {
    await lab.advance(STEP_MS);
    await sleep(10);
    while (actions.all().length > seen) {
      seen = actions.all().length;
      await sleep(QUIET_MS);
    }
  }
}
