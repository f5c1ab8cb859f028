import { readdir, readFile, readlink } from 'node:fs/promises';

/** Counts the TCP connections that a process opens to a port, by looking again and again (Linux only). */
export interface ConnectionCount {
  /** Different connections seen so far. */
  seen(): number;
  stop(): void;
}

/** Begins to count. */
export function countConnections(pid: number, port: number): ConnectionCount {
  const inodes = new Set<string>();
  const look = async (): Promise<void> => {
    const own = await socketInodes(pid);
    for (const inode of await connectionsTo(pid, port)) if (own.has(inode)) inodes.add(inode);
  };
  // Pooled connections last; to look more often would weigh on what is measured.
  const timer = setInterval(() => void look().catch(() => undefined), 250);
  timer.unref();
  return { seen: () => inodes.size, stop: () => clearInterval(timer) };
}

async function socketInodes(pid: number): Promise<Set<string>> {
  const folder = `/proc/${pid}/fd`;
  const links = await Promise.all(
    (await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')),
  );
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []));
}

async function connectionsTo(pid: number, port: number): Promise<string[]> {
  const remote = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const lines = (await readFile(`/proc/${pid}/net/tcp`, 'utf8')).trim().split('\n').slice(1);
  return lines
    .map((line) => line.trim().split(/\s+/))
    .flatMap((columns) => (columns[2]?.endsWith(remote) ? [columns[9] ?? ''] : []));
}
