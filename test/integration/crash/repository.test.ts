import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { ApiProxy } from '../../lab/api-proxy.ts';
import { isWrite, type RecordedAction } from '../../lab/aws/action-record.ts';
import type { OperatorProcess } from '../../lab/operator.ts';
import type { ProxiedRequest } from '../../lab/proxy-faults.ts';
import { type EcrLab, type RepositoryObject, repositoryArn, startEcrLab } from '../repository/ecr-lab.ts';
import { NAMESPACE, repositoryStories, type Story } from './repository-stories.ts';

jest.setTimeout(300_000);

let lab: EcrLab;
let proxy: ApiProxy;
let operator: OperatorProcess;

beforeAll(async () => {
  lab = await startEcrLab();
  await lab.namespace(NAMESPACE);
  ({ proxy, operator } = lab);
}, 600_000);

afterAll(async () => {
  await lab?.stop();
});

const carriedOut = (name: string, from: number) =>
  lab.aws.actions
    .all()
    .slice(from)
    .filter(({ action, resource, result }) => {
      return isWrite(action) && resource === repositoryArn(name) && result === 'ok';
    })
    .map(({ action }) => action);

/** Tells a story with `arm` in place to kill the operator, starts another one, and looks how it ended. */
async function tell(story: Story, name: string, arm: (kill: () => Promise<void>) => () => void) {
  await story.before?.(name);
  await quiet();
  const from = lab.aws.actions.all().length;
  proxy.forget();
  let killed = false;
  const victim = operator;
  const disarm = arm(async () => {
    killed = true;
    await victim.kill();
  });
  const object = await story.act(name);
  await killedOrOver(story, object, name, victim);
  disarm();
  if (killed) {
    await victim.exited;
    operator = await lab.startOperator({ server: proxy.url });
  }
  await story.end(object, name);
  await quiet();
  expect(carriedOut(name, from)).toEqual(story.writes);
  return { killed };
}

/** Whichever comes first: the death of the operator, or the end of the story. */
async function killedOrOver(story: Story, object: RepositoryObject, name: string, victim: OperatorProcess) {
  await Promise.race([victim.exited, story.end(object, name).then(quiet, () => victim.exited)]);
}

/** Resolves when what is under way is over: another Repository has gone its whole way after it. */
let sentinels = 0;
async function quiet(): Promise<void> {
  sentinels += 1;
  const sentinel = await lab.settled(await lab.repository(NAMESPACE, `sentinel-${sentinels}`));
  await lab.event(sentinel, 'Ready');
}

describe.each(Object.entries(repositoryStories(() => lab)))(
  '%s ends as it should, nothing made twice, nothing left behind',
  (title, story) => {
    const prefix = title.replaceAll(/\W+/g, '-');

    const afterAwsWrite = (name: string, which: number) => (kill: () => Promise<void>) => {
      let count = 0;
      return lab.aws.actions.onAction(async ({ action, resource }: RecordedAction) => {
        if (!isWrite(action) || resource !== repositoryArn(name)) return;
        count += 1;
        if (count === which) await kill();
      });
    };

    /** Writes about one object: to itself, its status, its Events. What is told of images comes at any time beside. */
    const about = (name: string) => ({
      where: ({ path, query }: Pick<ProxiedRequest, 'path' | 'query'>) =>
        path.includes(`/${name}`) && query.get('fieldManager') !== 'ecr-operator-images',
    });

    const afterKubernetesWrite = (name: string, which: number) => (kill: () => Promise<void>) => {
      let count = 0;
      return proxy.onResponse(async (request) => {
        if (proxy.mutations(about(name)).every((one) => one !== request)) return;
        count += 1;
        if (count === which) await kill();
      });
    };

    if (story.writes.length > 0) {
      test.each(story.writes.map((action, index) => [action, index + 1] as const))(
        'when the operator is killed after %s',
        async (_action, which) => {
          const name = `${prefix}-aws-${which}`.toLowerCase();
          expect(await tell(story, name, afterAwsWrite(name, which))).toEqual({ killed: true });
        },
      );
    }

    test('when the operator is killed after each write to Kubernetes', async () => {
      const name = `${prefix}-kube`.toLowerCase();
      let kills = 0;
      // How many it takes is not always the same: one that comes with an old version is refused, and sent again.
      for (let killed = true; killed; kills += killed ? 1 : 0) {
        const again = `${name}-${kills + 1}`;
        ({ killed } = await tell(story, again, afterKubernetesWrite(again, kills + 1)));
      }
      process.stdout.write(`${title}: killed after each of ${kills} writes to Kubernetes\n`);
      expect(kills).toBeGreaterThanOrEqual(story.kubernetesWrites);
    });
  },
);
