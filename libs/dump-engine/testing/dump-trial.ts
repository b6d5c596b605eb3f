import {
  completeOptions,
  type ExportFailure,
  type ExportOptions,
  isFiltered,
  isWrapped,
  type RequestedOptions,
  scriptCompression,
} from '#lib/domain';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  connectToSource,
  DirectoryDump,
  Dump,
  dumpArguments,
  type DumpedFile,
  type DumpInput,
  type FileInput,
  type PgClient,
  PgPrograms,
  disconnect,
  readNeeds,
  readSourceFacts,
  resolveSelection,
  Selection,
  SourceAddress,
} from '../src/index.js';
import { hasFailed } from '../../database/testing/spec-outcome.js';

/** How long pg_dump waits for a lock in these tests. */
const LOCK_TIMEOUT_SECONDS = 1;

/** Dumps of one source into a folder of their own, as the worker makes them. */
export class DumpTrial {
  /** Of the dumps that run in this trial: the name their backends bear. */
  readonly applicationName = `pg-export/${randomUUID()}`;

  private constructor(
    readonly folder: string,
    readonly client: PgClient,
    private readonly address: SourceAddress,
    private readonly serverMajor: number,
  ) {}

  /** @param url of the source, which has to answer now */
  static async of(url: string): Promise<DumpTrial> {
    const address = new SourceAddress(url);
    const catalog = await connectToSource(address, 'pg-export trial');
    const { serverMajor } = await readSourceFacts(catalog).finally(() => catalog.end());
    const client = await new PgPrograms(null).forServer(serverMajor);
    return new DumpTrial(await mkdtemp(join(tmpdir(), 'pg-export-trial-')), client, address, serverMajor);
  }

  options(wishes: RequestedOptions = {}): ExportOptions {
    const options = completeOptions(wishes);
    if ('problem' in options) throw new Error(options.problem);
    return options;
  }

  isWrapped(wishes: RequestedOptions = {}): boolean {
    return isWrapped(this.options(wishes), this.client.major);
  }

  /** A dump with the worker's own arguments; `changes` replaces what a test is about. */
  dump(
    wishes: RequestedOptions = {},
    changes: Partial<DumpInput> = {},
    selection = Selection.all([]),
  ): Dump | DirectoryDump {
    const options = this.options(wishes);
    const input: FileInput = {
      client: this.client,
      args: dumpArguments({
        options,
        clientMajor: this.client.major,
        lockTimeoutSeconds: LOCK_TIMEOUT_SECONDS,
        selection,
      }),
      environment: this.address.libpqEnvironment(this.applicationName, this.serverMajor),
      zstdLevel: this.isWrapped(wishes) ? options.compressionLevel : null,
      partialPath: join(this.folder, `${randomUUID()}.partial`),
      onLine: () => true,
      onChecked: () => undefined,
      onDumped: () => undefined,
      ...changes,
    };
    const { encryptTo, maxBytesPerSecond } = { ...options, ...changes };
    const script = scriptCompression(options, this.client.major);
    return options.format === 'directory'
      ? new DirectoryDump({ ...input, folderPath: `${input.partialPath}.folder` })
      : new Dump({ ...input, encryptTo, maxBytesPerSecond, scriptCompression: script });
  }

  /** Runs a dump that is to succeed. */
  async make(wishes: RequestedOptions = {}, changes: Partial<DumpInput> = {}): Promise<DumpedFile> {
    return this.dump(wishes, changes, (await this.filters(wishes)).selection).run(AbortSignal.timeout(60_000));
  }

  /** What the filters of a wish select in the source, and what its file then needs. */
  async filters(wishes: RequestedOptions): Promise<{ selection: Selection; needs: string[] }> {
    const options = this.options(wishes);
    if (!isFiltered(options)) return { selection: Selection.all([]), needs: [] };
    const catalog = await connectToSource(this.address, 'pg-export trial');
    try {
      const selection = await resolveSelection(catalog, options, []);
      return { selection, needs: await readNeeds(catalog, options, selection) };
    } finally {
      await disconnect(catalog);
    }
  }

  /** Runs a dump that is to fail, and returns why. */
  async failure(wishes: RequestedOptions = {}, changes: Partial<DumpInput> = {}): Promise<ExportFailure> {
    let made: DumpedFile;
    try {
      made = await this.make(wishes, changes);
    } catch (error) {
      return error as ExportFailure;
    }
    throw new Error(`The dump succeeded: ${JSON.stringify(made)}`);
  }

  /** The environment of pg_dump towards another address of the same source. */
  environmentAt(url: string): Record<string, string> {
    return new SourceAddress(url).libpqEnvironment(this.applicationName, this.serverMajor);
  }

  /** Names of all files in the folder. */
  files(): Promise<string[]> {
    return readdir(this.folder);
  }

  async remove(): Promise<void> {
    if (!hasFailed()) await rm(this.folder, { recursive: true, force: true });
  }
}
