import { serverUser } from '../machine/os-user.ts';
import { installMissing, type Log } from '../machine/package-manager.ts';
import { keepSecret } from '../machine/secret-file.ts';
import { PlainError } from '../plain-error.ts';
import {
  chooseServer,
  clusterMajor,
  findClients,
  findServers,
  serverRequirement,
  type PostgresBinaries,
} from './binaries.ts';
import { clusterHome, passwordFileOf, reachableBinaries } from './cluster-home.ts';
import { PostgresCluster } from './cluster.ts';
import { dataFolderOf, isWhole } from './data-folder.ts';

/** The server of this DATA_DIR: finds or installs its programs, chooses its folder and OS user. Neither made nor started yet. */
export async function embeddedCluster(
  dataDir: string,
  { pgBinDir, log, signal }: { pgBinDir?: string; log: Log; signal?: AbortSignal },
): Promise<PostgresCluster> {
  const user = await serverUser();
  const home = await clusterHome(dataDir, user, log);
  const binaries = await serverFor(isWhole(home) ? clusterMajor(dataFolderOf(home)) : undefined, {
    pgBinDir,
    log,
    signal,
  });
  return new PostgresCluster({
    home,
    binaries: await reachableBinaries(binaries, user),
    password: keepSecret(passwordFileOf(dataDir)),
    user,
    log,
  });
}

/** A server of exactly this major, or for a new cluster the one that suits the installed pg_dump; installed if need be. */
export async function serverFor(
  major: number | undefined,
  { pgBinDir, log, signal }: { pgBinDir?: string; log: Log; signal?: AbortSignal },
): Promise<PostgresBinaries> {
  const clients = await findClients(pgBinDir);
  const wish = { clusterMajor: major, newestClient: Math.max(...clients.map((client) => client.major)) };
  const found = chooseServer(await findServers(), wish);
  if (found) return found;
  if (major !== undefined) {
    throw new PlainError(
      `DATA_DIR holds a database of PostgreSQL ${major}, and no server of that version is installed`,
    );
  }
  await installMissing([{ ...serverRequirement, isPresent: () => false }], log, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw error;
  });
  const installed = chooseServer(await findServers(), wish);
  if (!installed) throw new PlainError('No installed PostgreSQL server is as old as the installed pg_dump');
  return installed;
}
