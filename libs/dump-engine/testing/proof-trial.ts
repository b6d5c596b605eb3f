import type { ExportFailure, RequestedOptions } from '#lib/domain';
import { randomUUID } from 'node:crypto';
import {
  connectToSource,
  disconnect,
  dumpArguments,
  type DumpedFile,
  type FileScope,
  PgServers,
  Proof,
  type Proven,
  readDatabaseTraits,
  readNeeds,
  readPrivilegedObjects,
  readSourceFacts,
  Selection,
  SourceAddress,
  SourceSnapshot,
} from '../src/index.js';
import { DumpTrial } from './dump-trial.js';

/** All that a database holds. */
export const WHOLE: FileScope = {
  hasTable: () => true,
  hasRows: () => true,
  hasSequences: true,
  hasLargeObjects: true,
};

export interface ProofChanges {
  /** Runs when the file is made and the source's figures are taken, before it is restored. */
  between?: (file: DumpedFile) => Promise<void>;
  /** Runs when the snapshot is taken, before pg_dump starts. */
  afterSnapshot?: () => Promise<void>;
  /** Has pg_dump take a snapshot of its own, later: then the file need not hold what was counted. */
  withoutSnapshot?: boolean;
  scope?: FileScope;
  signal?: AbortSignal;
}

/** Dumps of one source that are restored and compared, as the worker does it. */
export class ProofTrial {
  readonly key = `${randomUUID()}.1`;

  private constructor(
    readonly dumps: DumpTrial,
    private readonly address: SourceAddress,
  ) {}

  static async of(url: string): Promise<ProofTrial> {
    return new ProofTrial(await DumpTrial.of(url), new SourceAddress(url));
  }

  async prove(wishes: RequestedOptions = {}, changes: ProofChanges = {}): Promise<Proven> {
    const { scope = WHOLE, signal = AbortSignal.timeout(120_000) } = changes;
    const options = this.dumps.options(wishes);
    const { traits, needs, objects, facts } = await this.survey(wishes);
    const programs = await new PgServers(null).ofMajor(facts.serverMajor);
    const workDir = this.dumps.folder;
    const proof = await Proof.prepare({ programs, workDir, key: this.key, traits, needs }, signal);
    try {
      const snapshot = await SourceSnapshot.take(
        {
          address: this.address,
          applicationName: this.dumps.applicationName,
          serverMajor: facts.serverMajor,
          lockTimeoutSeconds: 1,
          excludedSchemas: [],
          maxBytesPerSecond: options.maxBytesPerSecond,
        },
        signal,
      );
      await changes.afterSnapshot?.();
      const args = dumpArguments({
        options,
        clientMajor: this.dumps.client.major,
        lockTimeoutSeconds: 1,
        selection: Selection.all([]),
        snapshot: changes.withoutSnapshot === true ? null : snapshot.id,
      });
      const made = await this.dumps.make(wishes, { args });
      const figures = snapshot.measure(scope, () => undefined, signal);
      await figures.finally(() => snapshot.release());
      await changes.between?.(made);
      const file = {
        archive: { path: made.path, wrapped: this.dumps.isWrapped(wishes) },
        sizeBytes: made.sizeBytes,
        client: this.dumps.client,
        privileged: objects.privileged,
        noPrivileges: options.noPrivileges,
      };
      return await proof.run(file, figures, signal);
    } finally {
      await proof.end();
    }
  }

  /** Proves what is to fail, and returns why. */
  async failure(wishes: RequestedOptions = {}, changes: ProofChanges = {}): Promise<ExportFailure> {
    let proven: Proven;
    try {
      proven = await this.prove(wishes, changes);
    } catch (error) {
      return error as ExportFailure;
    }
    throw new Error(`It was proven: ${JSON.stringify(proven)}`);
  }

  async survey(wishes: RequestedOptions = {}) {
    const client = await connectToSource(this.address, 'pg-export trial');
    try {
      return {
        facts: await readSourceFacts(client),
        traits: await readDatabaseTraits(client),
        needs: await readNeeds(client, this.dumps.options(wishes), Selection.all([])),
        objects: await readPrivilegedObjects(client, []),
      };
    } finally {
      await disconnect(client);
    }
  }
}
