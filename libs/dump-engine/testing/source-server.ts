import { copyFile, chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { serverUser } from '../../../scripts/machine/os-user.ts';
import type { PostgresCluster } from '../../../scripts/postgres/cluster.ts';
import { throwawayCluster } from '../../../scripts/test/throwaway-cluster.ts';
import type { CertificateFiles } from './certificates.js';

export interface ServerTraits {
  /** Shown to whoever asks for TLS; left out: there is none. */
  tls?: CertificateFiles;
  /** Lines of `pg_hba.conf`; left out: everybody with a password. */
  hba?: readonly string[];
}

/** A PostgreSQL server of one test's own: to be stopped under a dump, or with a certificate. */
export class SourceServer {
  private constructor(
    private readonly folder: string,
    private readonly cluster: PostgresCluster,
  ) {}

  static async start({ tls, hba }: ServerTraits = {}): Promise<SourceServer> {
    const folder = await mkdtemp(join(tmpdir(), 'pg-export-source-'));
    // Its OS user has to pass through.
    await chmod(folder, 0o711);
    const settings: Record<string, string> = {};
    const give = async (setting: string, from: string | null, text = '') => {
      const path = join(folder, setting);
      await (from === null ? writeFile(path, text) : copyFile(from, path));
      await chmod(path, 0o600);
      const user = await serverUser();
      if (user) await chown(path, user.uid, user.gid);
      settings[setting] = path;
    };
    if (tls !== undefined) {
      settings['ssl'] = 'on';
      await give('ssl_cert_file', tls.certificate);
      await give('ssl_key_file', tls.key);
    }
    if (hba !== undefined) await give('hba_file', null, `${hba.join('\n')}\n`);
    const cluster = await throwawayCluster(join(folder, 'cluster'), settings, () => undefined);
    await cluster.start();
    return new SourceServer(folder, cluster);
  }

  /** As the superuser, by TCP. */
  get url(): string {
    return this.cluster.url();
  }

  /** @param host under which it is asked for; by default 127.0.0.1 */
  urlAs(role: string, query = '', host = '127.0.0.1'): string {
    const url = new URL(this.url);
    url.hostname = host;
    url.username = role;
    url.search = query;
    return url.href;
  }

  async sql(text: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.url });
    await client.connect();
    await client.query(text).finally(() => client.end());
  }

  /** Ends every connection, as a restart does, and takes none. */
  stop(): Promise<void> {
    return this.cluster.stop();
  }

  /** Under the same address as before. */
  async comeBack(): Promise<void> {
    await this.cluster.start();
  }

  async remove(): Promise<void> {
    await this.cluster.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
