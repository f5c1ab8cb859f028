import { playAll } from './scenes.ts';
import { type Stage, setStage } from './stage.ts';
import { createStory } from './story.ts';

const once = process.argv.includes('--once');
const story = createStory();
let stage: Stage | undefined;
let clearing: Promise<void> | undefined;

/** Whatever ends the demo, and however often it is asked to: everything that it started goes. */
function clear(): Promise<void> {
  clearing ??= stage?.clear() ?? Promise.resolve();
  return clearing;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, async () => {
    process.stdout.write('\n   stopping ...\n');
    await clear();
    process.exit(0);
  });
}

try {
  story.title('ecr-operator keeps Amazon ECR and Kubernetes in step');
  story.blank();
  stage = await setStage(story);
  await playAll(stage, story);
  if (once) await clear();
  else await stay(stage);
} catch (error) {
  process.stderr.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
  await clear();
}

/** Until Ctrl-C, whose handler ends the process. */
async function stay({ lab }: Stage): Promise<void> {
  story.scene('Your turn, until Ctrl-C');
  story.detail(`export KUBECONFIG=${lab.kubeconfig}`);
  story.detail('kubectl get ecr -A');
  story.detail('kubectl create namespace mine && kubectl -n mine get secret ecr-pull');
  story.detail('kubectl -n team-a describe ecrrepo web');
  story.detail(`the operator's log: ${lab.operatorLogFile}`);
  const keepAlive = setInterval(() => undefined, 60_000);
  await new Promise(() => keepAlive);
}
