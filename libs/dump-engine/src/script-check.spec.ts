import { gzipSync, zstdCompressSync } from 'node:zlib';
import { ScriptCheck } from './script-check.js';

const END = '--\n-- PostgreSQL database dump complete\n--\n\n';
const ROWS = `COPY public.t (words) FROM stdin;\n${'some words\n'.repeat(5000)}\\.\n\n\n`;
const packers = {
  none: (script: Buffer) => script,
  gzip: (script: Buffer) => gzipSync(script),
  zstd: (script: Buffer) => zstdCompressSync(script),
};

async function check(compression: keyof typeof packers, bytes: Buffer, chunkBytes = 777): Promise<void> {
  const checking = new ScriptCheck(compression);
  // The one buffer that everything comes in, as from the pipe.
  const chunk = Buffer.alloc(chunkBytes);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const size = bytes.copy(chunk, 0, at, at + chunkBytes);
    await checking.write(chunk.subarray(0, size));
    chunk.fill(0);
  }
  await checking.finish().finally(() => checking.gone());
}

describe.each(['none', 'gzip', 'zstd'] as const)('a script that pg_dump compresses with %s', (compression) => {
  const packed = (script: string) => packers[compression](Buffer.from(script));

  it.each([
    ['', END],
    [' of today', `${END}\\unrestrict Qn4dUIY1keyS0me\n\n`],
  ])('is whole with the last words of pg_dump%s', async (_, end) => {
    await check(compression, packed(ROWS + end));
    await check(compression, packed(ROWS + end), 1 << 16);
    await check(compression, packed(ROWS + end), 3);
  });

  it.each([
    ['nothing at all', ''],
    ['a table cut in the middle', ROWS.slice(0, 30_000)],
    ['all but the mark', ROWS],
    ['a mark that is not whole', ROWS + END.slice(0, -12)],
    ['a row that only reads like the mark', `${ROWS}-- PostgreSQL database dump complete\n`],
    ['something behind the mark', `${ROWS}${END}${ROWS}`],
  ])('is not whole with %s', async (_, script) => {
    await expect(check(compression, packed(script))).rejects.toMatchObject({ code: 'archive_invalid' });
  });
});

describe.each(['gzip', 'zstd'] as const)('a compressed script (%s)', (compression) => {
  const packed = packers[compression](Buffer.from(ROWS + END));

  it.each([1, 5, Math.floor(packed.length / 2), packed.length])(
    'is not whole without its last %i bytes',
    async (cut) => {
      await expect(check(compression, packed.subarray(0, packed.length - cut))).rejects.toMatchObject({
        code: 'archive_invalid',
      });
    },
  );

  it('that is damaged says so, and takes what follows without waiting', async () => {
    const damaged = Buffer.from(packed);
    damaged.fill(0xff, 20, 60);
    await expect(check(compression, damaged, 16)).rejects.toMatchObject({ code: 'archive_invalid' });
  });

  it('can be given up', async () => {
    const checking = new ScriptCheck(compression);
    await checking.write(packed.subarray(0, 100));
    checking.kill();
    await checking.gone();
  });
});
