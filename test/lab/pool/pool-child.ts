import { controlPlanePool } from './control-plane-pool.ts';
import { servePool } from './pool-server.ts';

function complain(what: string): (error: unknown) => void {
  return (error) => process.stderr.write(`${what}: ${String(error)}\n`);
}

const pool = controlPlanePool({
  // As many as workers that may end a test file at the same moment.
  ahead: 2,
  worthFrom: 3,
  onError: complain('a control plane could not be started ahead'),
});
// Lives as long as its standard input is open, that is, as long as who started it.
const server = await servePool(
  pool,
  process.argv[2] ?? '',
  complain('a control plane could not be ended in order'),
);
process.stdout.write('listening\n');
process.stdin.resume();
process.stdin.once('close', async () => {
  await server.close();
  process.exit(0);
});
