import { HttpClient } from '@angular/common/http';
import { computed, inject, Service, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { requestFailure } from '../api/request-failure';
import { RENEW_URL, SIGN_IN_URL, SIGN_OUT_URL } from '../api/routes';
import type { SignedIn } from '../api/types';

/** Shorter than the server takes a token that was just replaced (10 s): whoever asks again is no thief then. */
const RENEWAL_TIMEOUT_MS = 6_000;
/** Whoever signs out does not wait longer for a server that says nothing. */
const FAREWELL_TIMEOUT_MS = 4_000;

/** Who is signed in. The access token lives in this object only; the refresh token in a cookie no script can read. */
@Service()
export class Session {
  private readonly http = inject(HttpClient);
  private readonly signedIn = signal<SignedIn | null>(null);
  private renewal: Promise<string | null> | null = null;
  /** The account whose page this is, until somebody signs out or in here. */
  private owner: string | null = null;
  /** How often somebody has signed in or out here: what a renewal of before answers is about nobody who is here. */
  private epoch = 0;

  readonly user = computed(() => this.signedIn()?.user ?? null);
  readonly token = computed(() => this.signedIn()?.accessToken ?? null);
  readonly mayExport = computed(() => this.user()?.role === 'SUPER_ADMIN');

  /** @param totp the second factor's code, once it is known to be needed */
  async signIn(email: string, password: string, totp?: string): Promise<void> {
    const credentials = totp === undefined ? { email, password } : { email, password, totp };
    const answer = await firstValueFrom(this.http.post<SignedIn>(SIGN_IN_URL, credentials));
    this.begin(answer);
  }

  /**
   * A token from the refresh cookie, null when the session is over or the cookie has become another account's: the page
   * of one never turns into that of another. What answers after somebody has signed in or out here changes nothing.
   * Everybody who asks while one renewal is under way shares it: refresh tokens rotate, and a second use would look like
   * theft.
   * @throws HttpErrorResponse when the API could not be asked; the session is then neither renewed nor over.
   */
  renew(): Promise<string | null> {
    this.renewal ??= this.askForRenewal().finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  /** Tells later whether what is asked for now may go on: nobody has signed in or out here since, or the same account has. */
  rememberCaller(): () => boolean {
    const { epoch } = this;
    const id = this.user()?.id;
    return () => epoch === this.epoch || id === this.user()?.id;
  }

  /** A token other than the one that was just refused: perhaps somebody renewed the session meanwhile. */
  tokenAfter(refused: string | null): Promise<string | null> {
    const current = this.token();
    return current !== null && current !== refused ? Promise.resolve(current) : this.renew();
  }

  /** Signed out here whatever the server says: an unreachable server must not keep somebody signed in. */
  async signOut(): Promise<void> {
    const farewell = firstValueFrom(this.http.post(SIGN_OUT_URL, null, { timeout: FAREWELL_TIMEOUT_MS }));
    await farewell.catch(() => undefined);
    this.begin(null);
  }

  private begin(signedIn: SignedIn | null): void {
    this.epoch += 1;
    this.owner = signedIn?.user.id ?? null;
    this.signedIn.set(signedIn);
  }

  private async askForRenewal(): Promise<string | null> {
    const { epoch } = this;
    try {
      const renewal = this.http.post<SignedIn>(RENEW_URL, null, { timeout: RENEWAL_TIMEOUT_MS });
      const answer = await firstValueFrom(renewal);
      if (epoch !== this.epoch) return this.token();
      this.owner ??= answer.user.id;
      this.signedIn.set(answer.user.id === this.owner ? answer : null);
    } catch (error) {
      if (epoch !== this.epoch) return this.token();
      if (![401, 403].includes(requestFailure(error).status)) throw error;
      this.signedIn.set(null);
    }
    return this.token();
  }
}
