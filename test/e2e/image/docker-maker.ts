import { startDockerWithImage } from './image-lab.ts';

/**
 * Starts a Docker daemon with a container that runs, says where it is, and waits to be killed, or for the end of
 * standard input. For nothing-left.test.ts.
 */
const { docker, image, stop } = await startDockerWithImage();
try {
  const waiting = ['--entrypoint=node', image.name, '--eval=setInterval(() => {}, 60000)'];
  await docker.run(['run', '--detach', '--network=host', '--read-only', ...waiting]);
  process.stdout.write(`${docker.folder}\n`);
  for await (const _ of process.stdin);
} finally {
  await stop();
}
