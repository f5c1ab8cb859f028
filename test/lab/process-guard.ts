import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell beside us that outlives us by moments: when its standard input ends, for whatever reason we are gone, it
 * stops the processes and removes the folders that we had told it of.
 *
 * Not an exit hook, because those do not run on SIGKILL, nor inside jest's sandbox.
 */
const SCRIPT = `
trap '' HUP INT TERM
pids=' '
folders=''
newline='
'
while IFS= read -r line; do
  value=\${line#??}
  case $line in
    '+p'*) pids="$pids$value " ;;
    '-p'*) pids="\${pids%% $value *} \${pids#* $value }" ;;
    '+f'*) folders="$folders$value$newline" ;;
    '-f'*) folders=$(printf '%s' "$folders" | grep -vxF -- "$value"; printf x); folders="\${folders%x}" ;;
  esac
done
for pid in $pids; do kill -TERM "$pid" 2>/dev/null; done
turns=0
while [ "$turns" -lt 20 ]; do
  left=''
  for pid in $pids; do kill -0 "$pid" 2>/dev/null && left="$left $pid"; done
  [ -z "$left" ] && break
  sleep 0.1
  turns=$((turns + 1))
done
for pid in $left; do kill -KILL "$pid" 2>/dev/null; done
[ -n "$left" ] && sleep 0.2
printf '%s' "$folders" | while IFS= read -r folder; do [ -n "$folder" ] && rm -rf -- "$folder"; done
`;

let guard: ChildProcess | undefined;

function tell(line: string): void {
  if (guard === undefined || guard.exitCode !== null) {
    // A session of its own, so that the terminal's Ctrl-C does not reach it before its work.
    guard = spawn('/bin/sh', ['-c', SCRIPT], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    guard.unref();
    const input = guard.stdin as unknown as { unref?: () => void } & NodeJS.EventEmitter;
    input.unref?.();
    input.on('error', () => undefined);
  }
  guard.stdin?.write(`${line}\n`);
}

/** Has the process stopped if we die before the returned function is called. Only for processes that we started. */
export function guardProcess(pid: number): () => void {
  tell(`+p${pid}`);
  return () => tell(`-p${pid}`);
}

/** The same for the group of a process that we made its leader (`detached`): for all that it started itself. */
export function guardGroup(leader: number): () => void {
  // A signal to -1 is one to everybody.
  if (leader <= 1) throw new Error(`not a group of ours to end: ${leader}`);
  return guardProcess(-leader);
}

/** Has the folder removed if we die before the returned function is called. Only for folders that we made. */
export function guardFolder(path: string): () => void {
  if (!path.startsWith('/') || path.includes('\n') || path.split('/').filter(Boolean).length < 2) {
    throw new Error(`not a folder of ours to remove: ${path}`);
  }
  tell(`+f${path}`);
  return () => tell(`-f${path}`);
}
