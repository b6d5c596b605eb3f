import type { ProviderAccounts, UserEntity } from '#lib/database';
import { type AuditActor, Refusal } from '#lib/domain';
import type { RecordedActs } from '../audit/recorded-acts.js';
import type { VouchedFor } from './provider-claims.js';

/** Lets in whom an identity provider vouches for. What its word changes about an account is written down as its act. */
export class ProviderAdmission {
  /** What is being done for somebody at this moment: who comes meanwhile asks for nothing else. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly issuer: string,
    private readonly accounts: ProviderAccounts,
    private readonly acts: RecordedActs,
  ) {}

  /**
   * The account, made where there is none, with the role that the provider gives it from now on.
   * @param address where they come from
   * @throws {Refusal} `forbidden` without a role: whatever they had opened is closed then
   */
  async admit({ subject, role, names }: VouchedFor, address: string | null): Promise<UserEntity> {
    const who = { issuer: this.issuer, subject };
    const known = await this.accounts.find(who);
    const details = { issuer: this.issuer, role };
    const act = (action: 'account.create' | 'account.change', user: UserEntity | null) => {
      return { action, actor: by(user), address, target: user?.id ?? null, details };
    };
    if (role === null) {
      if (known !== null && (await this.accounts.hasAccess(known))) {
        await this.acts.perform(act('account.change', known), () => this.accounts.dismiss(known));
      }
      throw noRole();
    }
    const user =
      known ??
      (await this.once(`account ${subject}`, () =>
        this.acts.perform(act('account.create', null), () => this.accounts.add(who, role, names)),
      ));
    // Also one that was just made: perhaps for another token of theirs, which says something else.
    if (user.role === role) return user;
    return this.acts.perform(act('account.change', user), () => this.accounts.setRole(user, role));
  }

  /** Opens the session of a token that nobody has come with before. */
  async signIn(user: UserEntity, sessionId: string, address: string, open: () => Promise<void>): Promise<void> {
    const actor = { userId: user.id, email: user.email, via: 'session' as const, credentialId: sessionId };
    const act = { action: 'login' as const, actor, address, details: { issuer: this.issuer } };
    await this.once(`session ${sessionId}`, () => this.acts.perform(act, () => open().then(() => ({ id: sessionId }))));
  }

  /** One act for all who come with the same thing together, as a page does that asks for several things at once. */
  private once<T>(what: string, act: () => Promise<T>): Promise<T> {
    const underWay = this.underWay.get(what) as Promise<T> | undefined;
    if (underWay !== undefined) return underWay;
    const begun = act().finally(() => this.underWay.delete(what));
    this.underWay.set(what, begun);
    return begun;
  }
}

function by(user: UserEntity | null): AuditActor {
  return { userId: user?.id ?? null, email: user?.email ?? null, via: 'provider', credentialId: null };
}

export function noRole(): Refusal {
  return new Refusal('forbidden', 'The identity provider gives your account no role here (OIDC_ROLE_CLAIM).');
}
