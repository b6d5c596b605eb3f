import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/**
 * Statements a second that one process asks of a throwaway server while this goes on: by the server's log, which is exact
 * at once, and tells by the port who has asked, while its statistics come late and count everybody and its own housekeeping.
 */
export async function statementsPerSecond(
  { url, logFile, pid }: { url: string; logFile: string; pid: number },
  seconds: number,
): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const set = async (log: string, prefix: string) => {
    await client.query(`ALTER SYSTEM SET log_statement = ${log}`);
    await client.query(`ALTER SYSTEM SET log_line_prefix = ${prefix}`);
    await client.query('SELECT pg_reload_conf()');
    // Until every connection has read it.
    await sleep(2_000);
  };
  try {
    await set(`'all'`, `'%r '`);
    const { size } = await stat(logFile);
    const before = await portsOf(pid);
    await sleep(seconds * 1_000);
    const words = (await readFile(logFile)).subarray(size).toString('latin1');
    return countStatements(words, new Set([...before, ...(await portsOf(pid))])) / seconds;
  } finally {
    await set('DEFAULT', 'DEFAULT').finally(() => client.end());
  }
}

/** How many statements of a log with the prefix `%r ` came from one of these ports. */
export function countStatements(log: string, ports: ReadonlySet<number>): number {
  const asked = log.matchAll(/^[\d.]+\((\d+)\) LOG: {2}(?:statement|execute [^:]*): /gm);
  return [...asked].filter(([, port]) => ports.has(Number(port))).length;
}

/** The local ports of a process' IPv4 connections. */
async function portsOf(pid: number): Promise<number[]> {
  const files = await readdir(`/proc/${pid}/fd`);
  const targets = await Promise.all(files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')));
  const sockets = new Set(targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  const connections = (await readFile('/proc/net/tcp', 'latin1')).split('\n').map((line) => line.trim().split(/ +/));
  return connections
    .filter(([, , , , , , , , , inode]) => inode !== undefined && sockets.has(inode))
    .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16));
}
