import { UserDirectory, type UserEntity } from '#lib/database';
import { isRole, Refusal } from '#lib/domain';
import { hashPassword, newPassword } from '../access/passwords.js';
import type { RecordedActs } from '../audit/recorded-acts.js';

const MACHINE = { userId: null, email: null, via: 'machine' as const, credentialId: null };

/** Somebody with this machine, and perhaps no other way in: makes accounts, or new passwords for them. */
export class Operator {
  constructor(
    private readonly users: UserDirectory,
    private readonly acts: RecordedActs,
  ) {}

  /** @returns what to say; null when the words are not understood */
  async obey([command, email = '', role = 'SUPER_ADMIN']: readonly string[]): Promise<string | null> {
    if (!/^[^\s@]+@[^\s@]+$/.test(email) || !isRole(role)) return null;
    const password = newPassword();
    if (command === 'create') {
      const act = { action: 'account.create' as const, actor: MACHINE, details: { email, role } };
      await this.acts.perform(act, async () => this.users.add(email, await hashPassword(password), role));
      return `${email} is ${role}, with the password ${password} (shown only this once)`;
    }
    if (command !== 'reset-password') return null;
    const { id, disabled } = await this.find(email);
    const act = { action: 'account.reset-password' as const, actor: MACHINE, target: id, details: { email } };
    await this.acts.perform(act, async () => this.users.changePassword(id, await hashPassword(password), null));
    const asleep = disabled ? '; the account is switched off, which another SUPER_ADMIN can undo' : '';
    return `${email} has the password ${password} (shown only this once)${asleep}`;
  }

  /**
   * The first SUPER_ADMIN of an installation.
   * @returns null when there is a SUPER_ADMIN
   */
  async makeFirst(email: string, password: string): Promise<UserEntity | null> {
    if (await this.users.hasSuperAdmin()) return null;
    const details = { email, role: 'SUPER_ADMIN', first: true };
    const act = { action: 'account.create' as const, actor: MACHINE, details };
    return this.acts.perform(act, () => this.users.addFirst(email, () => hashPassword(password)));
  }

  private async find(email: string): Promise<UserEntity> {
    const user = await this.users.findByEmail(email);
    if (user === null) throw new Refusal('not_found', `There is no account ${email}.`);
    return user;
  }
}
