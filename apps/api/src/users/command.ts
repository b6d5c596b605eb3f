import 'reflect-metadata';
import { ConfigError, loadServiceConfig, readEnvironment, type ServiceConfig } from '#lib/config';
import { AuditLedger, DatabaseModule, UserDirectory, type UserEntity } from '#lib/database';
import { type AuditAction, isRole, Refusal, ROLES } from '#lib/domain';
import { NestFactory } from '@nestjs/core';
import { hashPassword, newPassword } from '../access/passwords.js';
import { loadServerKeys } from '../access/server-keys.js';
import { auditLink } from '../audit/audit-chain.js';

const EXIT_CONFIG = 78;
const EXIT_USAGE = 2;
const USAGE = `usage: npm run user -- create EMAIL [${ROLES.join('|')}]
       npm run user -- reset-password EMAIL`;

/** Somebody without a way in, but with this machine: an account, or a new password for one. */
class Operator {
  constructor(
    private readonly users: UserDirectory,
    /** Comes before the act, which is not done where it fails. */
    private readonly writeDown: (action: AuditAction, details: Record<string, unknown>) => Promise<unknown>,
  ) {}

  /** @returns what to say; null when the words are not understood */
  async obey([command, email = '', role = 'SUPER_ADMIN']: readonly string[]): Promise<string | null> {
    if (!/^[^\s@]+@[^\s@]+$/.test(email) || !isRole(role)) return null;
    const password = newPassword();
    if (command === 'create') {
      await this.writeDown('account.create', { email, role });
      await this.users.add(email, await hashPassword(password), role);
      return `${email} is ${role}, with the password ${password} (shown only this once)`;
    }
    if (command !== 'reset-password') return null;
    const user = await this.find(email);
    await this.writeDown('account.reset-password', { email, userId: user.id });
    await this.users.changePassword(user.id, await hashPassword(password), null);
    const asleep = user.disabled ? '; the account is switched off, which another SUPER_ADMIN can undo' : '';
    return `${email} has the password ${password} (shown only this once)${asleep}`;
  }

  private async find(email: string): Promise<UserEntity> {
    const user = await this.users.findByEmail(email);
    if (user === null) throw new Refusal('not_found', `There is no account ${email}.`);
    return user;
  }
}

async function run(config: ServiceConfig, words: readonly string[]): Promise<void> {
  const { auditTrail } = await loadServerKeys(config.secretsDir);
  const app = await NestFactory.createApplicationContext(DatabaseModule.forRoot(config.databaseUrl), {
    logger: false,
    abortOnError: false,
  });
  try {
    const operator = new Operator(app.get(UserDirectory), (action, details) => {
      const actor = { userId: null, email: null, via: 'machine' as const, credentialId: null };
      const event = { at: new Date(), action, outcome: 'asked' as const, actor, details };
      return app
        .get(AuditLedger)
        .add([{ ...event, address: null, correlationId: null, target: null }], auditLink(auditTrail), null);
    });
    const answer = await operator.obey(words);
    if (answer === null) process.exitCode = EXIT_USAGE;
    (answer === null ? process.stderr : process.stdout).write(`${answer ?? USAGE}\n`);
  } finally {
    await app.close();
  }
}

try {
  await run(loadServiceConfig(readEnvironment()), process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_CONFIG : 1;
}
