import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { serverUser } from '../machine/os-user.ts';
import type { Log } from '../machine/package-manager.ts';
import { reachableBinaries } from '../postgres/cluster-home.ts';
import { PostgresCluster } from '../postgres/cluster.ts';
import { serverFor } from '../postgres/embedded-cluster.ts';

/**
 * A PostgreSQL of our own that need not outlive a crash of the machine, made and not yet started.
 * @param home its folder, which its OS user must be able to pass through to
 * @param settings as in postgresql.conf
 */
export async function throwawayCluster(
  home: string,
  settings: Record<string, string>,
  log: Log,
): Promise<PostgresCluster> {
  const user = await serverUser();
  mkdirSync(home, { mode: 0o700 });
  if (user) chownSync(home, user.uid, user.gid);
  const cluster = new PostgresCluster({
    home,
    binaries: await reachableBinaries(await serverFor(undefined, { log }), user),
    password: randomBytes(18).toString('base64url'),
    user,
    durable: false,
    settings,
    log,
  });
  await cluster.ensure();
  return cluster;
}
