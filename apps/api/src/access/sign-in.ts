import { SessionStore, UserDirectory } from '#lib/database';
import { type Caller, Refusal } from '#lib/domain';
import { Injectable } from '@nestjs/common';
import { SecondFactor } from '../second-factor/second-factor.js';
import { isPassword } from './passwords.js';
import { type OpenedSession, SessionDesk } from './session-desk.js';

/** Proving who one is with a password, and a code where the account has a second factor. */
@Injectable()
export class SignIn {
  constructor(
    private readonly users: UserDirectory,
    private readonly sessions: SessionStore,
    private readonly desk: SessionDesk,
    private readonly secondFactor: SecondFactor,
  ) {}

  /**
   * @param code of the second factor, or a recovery code
   * @throws {Refusal} `invalid_credentials`, in the same words and time whether or not the account exists;
   *   `totp_required`, which only a right password earns
   */
  async withPassword(email: string, password: string, code: string | undefined): Promise<OpenedSession> {
    const user = await this.users.findByEmail(email);
    const usable = user !== null && !user.disabled;
    if (!(await isPassword(password, usable ? user.passwordHash : null)) || !usable) throw wrong(code);
    if (!(await this.secondFactor.accepts(user, code))) throw wrong(code);
    return this.desk.open(user);
  }

  /**
   * The password once more, before a sensitive act, and a code where the account has a second factor.
   * @throws {Refusal} `invalid_credentials`, `totp_required`
   */
  async again(caller: Caller, password: string, code: string | undefined): Promise<void> {
    const user = await this.users.findByEmail(caller.email);
    if (user === null || !(await isPassword(password, user.passwordHash))) throw wrongAgain(code);
    if (!(await this.secondFactor.accepts(user, code))) throw wrongAgain(code);
    await this.sessions.stepUp(caller.sessionId);
  }

  async methodOf({ email }: Caller): Promise<'password' | 'oidc'> {
    const user = await this.users.findByEmail(email);
    return user?.passwordHash === null ? 'oidc' : 'password';
  }
}

/** The words depend on what was sent, never on what of it is right. */
function wrong(code: string | undefined): Refusal {
  const what =
    code === undefined ? 'The e-mail address or the password' : 'The e-mail address, the password or the code';
  return new Refusal('invalid_credentials', `${what} is wrong.`);
}

function wrongAgain(code: string | undefined): Refusal {
  return new Refusal('invalid_credentials', `The password${code === undefined ? '' : ' or the code'} is wrong.`);
}
