import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../database/testing/eventually.js';
import { artifactKey, ArtifactStore, STORE_MARKER } from './artifact-store.js';
import { describeWithDisk, mountSmallDisk, unmount } from '../../dump-engine/testing/small-disk.js';

const never = new AbortController().signal;
const sha256 = (words: string) => createHash('sha256').update(words).digest('hex');

describe('the artifact store', () => {
  let parent: string;
  let folder: string;
  let store: ArtifactStore;
  const key = artifactKey(randomUUID(), 1);

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'pg-export-store-'));
    folder = join(parent, 'artifacts');
    store = new ArtifactStore(folder);
    await store.enter();
  });
  afterEach(() => rm(parent, { recursive: true }));

  const arrive = async (words: string) => {
    const path = join(parent, 'made.partial');
    await writeFile(path, words, { mode: 0o600 });
    await store.take(path, key, sha256(words), never);
  };
  const read = async () => {
    const handle = await store.open(key);
    const words = await handle?.readFile('utf8');
    await handle?.close();
    return words;
  };
  const files = async () => (await readdir(folder)).filter((name) => name !== STORE_MARKER);

  it('takes a file over under its key, and nobody else may read it', async () => {
    await arrive('whole');
    expect(await read()).toBe('whole');
    expect(await readdir(parent)).toEqual(['artifacts']);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
  });

  it('goes on serving a file that is deleted while it is read', async () => {
    await arrive('whole');
    const handle = await store.open(key);
    await store.delete(key);
    expect(await handle?.readFile('utf8')).toBe('whole');
    await handle?.close();
    expect(await store.open(key)).toBeNull();
  });

  it('does not mind deleting what is not there', async () => {
    await store.delete(key);
    await store.deleteArriving(key);
  });

  it.each([
    '../secret',
    '..',
    '',
    '/etc/passwd',
    `${randomUUID()}.1/../../secret`,
    `../artifacts/${randomUUID()}.1`,
    `${randomUUID()}.1\0`,
    `${randomUUID()}.1\n`,
    `${randomUUID().toUpperCase()}.1`,
    randomUUID(),
    `${randomUUID()}.1.arriving`,
  ])('refuses %j, which is no key', async (wrong) => {
    await writeFile(join(parent, 'secret'), 'precious');
    await expect(store.open(wrong)).rejects.toThrow('Not a key');
    await expect(store.delete(wrong)).rejects.toThrow('Not a key');
    await expect(store.deleteArriving(wrong)).rejects.toThrow('Not a key');
    await expect(store.take(join(parent, 'secret'), wrong, sha256('precious'), never)).rejects.toThrow('Not a key');
    expect(await readFile(join(parent, 'secret'), 'utf8')).toBe('precious');
  });

  it('does not follow a link in the place of a file', async () => {
    await writeFile(join(parent, 'secret'), 'precious');
    await symlink(join(parent, 'secret'), join(folder, key));
    expect(await store.open(key)).toBeNull();
  });

  it('lists what has the form of an artifact, whole or arriving, and nothing else', async () => {
    await arrive('whole');
    await writeFile(join(folder, `${key}.arriving`), 'half');
    await writeFile(join(folder, 'README'), 'not ours');
    const found = await store.list();
    expect(found.map(({ key: name, whole }) => [name, whole]).sort()).toEqual([
      [key, false],
      [key, true],
    ]);
    await store.deleteArriving(key);
    expect((await files()).sort()).toEqual([key, 'README'].sort());
  });

  it('is up when its folder is there, and down when it is not', async () => {
    expect(await store.isUp()).toBe(true);
    expect(await new ArtifactStore(join(parent, 'nowhere')).isUp()).toBe(false);
  });

  it('is down, and takes nothing, while only its empty mount point is there', async () => {
    await rm(folder, { recursive: true });
    await mkdir(folder, { mode: 0o700 });
    expect(await store.isUp()).toBe(false);
    await expect(arrive('whole')).rejects.toMatchObject({ code: 'storage_failed' });
    expect(await readdir(folder)).toEqual([]);
    expect(await readFile(join(parent, 'made.partial'), 'utf8')).toBe('whole');
  });

  it('is entered only as the one that is registered, and says what to do', async () => {
    const ours = await store.enter();
    expect(await new ArtifactStore(folder).enter(ours)).toBe(ours);
    const elsewhere = new ArtifactStore(join(parent, 'elsewhere'));
    await expect(elsewhere.enter(ours)).rejects.toThrow(/STORAGE_URL.*not marked as a store.*write this mark into/s);
    await expect(readdir(join(parent, 'elsewhere'))).rejects.toThrow('ENOENT');
    await elsewhere.enter();
    await expect(elsewhere.enter(ours)).rejects.toThrow("another store's folder");
    await writeFile(join(parent, 'elsewhere', STORE_MARKER), `${ours}\n`);
    expect(await elsewhere.enter(ours)).toBe(ours);
  });

  it('is down when another store has come into its place', async () => {
    await writeFile(join(folder, STORE_MARKER), randomUUID());
    expect(await store.isUp()).toBe(false);
    await expect(arrive('whole')).rejects.toMatchObject({ code: 'storage_failed' });
  });

  it('is entered by several processes and many times, and keeps what it holds', async () => {
    await arrive('whole');
    expect(await new ArtifactStore(folder).enter()).toBe(await store.enter());
    expect(await store.isUp()).toBe(true);
    expect(await read()).toBe('whole');
  });

  describeWithDisk('on another disk than the work', () => {
    let disk: string;
    beforeEach(async () => {
      disk = join(parent, 'disk');
      await mkdir(disk);
      mountSmallDisk(disk);
      folder = join(disk, 'artifacts');
      store = new ArtifactStore(folder);
      await store.enter();
    });
    afterEach(() => {
      unmount(disk);
    });

    it('takes a file over all the same', async () => {
      await arrive('whole');
      expect(await read()).toBe('whole');
      expect((await stat(join(folder, key))).mode & 0o777).toBe(0o600);
      expect(await files()).toEqual([key]);
      expect((await readdir(parent)).sort()).toEqual(['artifacts', 'disk']);
    });

    it('has nothing under the key before the copy is whole and read back', async () => {
      const seen: string[][] = [];
      const signal = new AbortController().signal;
      // Asked for at each block that is read back: a moment at which a worker may be killed.
      signal.throwIfAborted = () => seen.push(readdirSync(folder));
      const path = join(parent, 'made.partial');
      await writeFile(path, 'whole');
      await store.take(path, key, sha256('whole'), signal);
      expect(seen.filter((names) => names.includes(`${key}.arriving`)).length).toBeGreaterThan(0);
      expect(seen.filter((names) => names.includes(key))).toEqual([]);
    });

    it('keeps nothing of a copy that differs from what was made', async () => {
      await writeFile(join(parent, 'made.partial'), 'whale');
      const taking = store.take(join(parent, 'made.partial'), key, sha256('whole'), never);
      await expect(taking).rejects.toMatchObject({ code: 'archive_invalid' });
      expect(await files()).toEqual([]);
    });

    it('stops when it is told to, and keeps nothing of what had arrived', async () => {
      // A file without an end: it grows as long as it is read.
      const endless = join(parent, 'made.partial');
      execFileSync('mkfifo', [endless]);
      const feeder = await open(endless, 'r+');
      const feeding = setInterval(() => void feeder.write('x'), 5);
      const stop = new AbortController();
      const taking = store.take(endless, key, sha256('x'), stop.signal);
      taking.catch(() => undefined);
      await eventually(files, (names) => names.length > 0);
      stop.abort(new Error('The export was cancelled.'));
      await expect(taking).rejects.toBe(stop.signal.reason);
      clearInterval(feeding);
      await feeder.close();
      expect(await files()).toEqual([]);
    });

    it('keeps nothing of one that does not fit', async () => {
      await expect(arrive('x'.repeat(2 << 20))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await files()).toEqual([]);
    });
  });
});
