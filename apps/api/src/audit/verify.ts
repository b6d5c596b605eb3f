import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment } from '#lib/config';
import { AuditLedger, DatabaseModule } from '#lib/database';
import { NestFactory } from '@nestjs/core';
import { readServerKey } from '../access/server-keys.js';
import { auditLink, readMark, verifyChain, writeMark } from './audit-chain.js';

const EXIT_CONFIG = 78;
const EXIT_USAGE = 2;
const ROWS_AT_ONCE = 1_000;
const USAGE = 'usage: npm run audit:verify -- [SEQ:HASH…]   (heads from the log: "Audit head SEQ:HASH")';

async function* rowsOf(ledger: AuditLedger) {
  let after = 0;
  for (;;) {
    const rows = await ledger.inOrder(ROWS_AT_ONCE, after);
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}

/** Follows the whole chain and says where it breaks; its exit status is 1 then. */
async function verify(expected: readonly string[]): Promise<void> {
  const marks = expected.map((text) => readMark(text));
  if (marks.includes(null)) {
    process.stderr.write(`${USAGE}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const config = loadServiceConfig(readEnvironment());
  const key = await readServerKey(config.secretsDir, 'audit-trail.key');
  const app = await NestFactory.createApplicationContext(DatabaseModule.forRoot(config.databaseUrl), {
    logger: false,
    abortOnError: false,
  });
  try {
    const known = marks.filter((mark) => mark !== null);
    const { checked, head, problem } = await verifyChain(rowsOf(app.get(AuditLedger)), auditLink(key), known);
    process.exitCode = problem === null ? 0 : 1;
    const where = head === null ? 'none' : writeMark(head);
    process.stdout.write(
      problem === null
        ? `The audit trail is whole: ${String(checked)} events, head ${where}\n`
        : `The audit trail is broken: ${problem} ${String(checked)} events before it are good.\n`,
    );
  } finally {
    await app.close();
  }
}

try {
  await verify(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : EXIT_USAGE;
}
