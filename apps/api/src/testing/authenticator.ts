import { URI, type TOTP } from 'otpauth';
import type { Person, RunningApi } from './running-api.js';

/** The app on somebody's phone, that has read the QR code. */
export class Authenticator {
  constructor(private readonly totp: TOTP) {}

  /** The code that it shows now. */
  code(): string {
    return this.totp.generate();
  }

  /** A code that it does not show, now or in the minute around. */
  wrongCode(): string {
    const near = [-2, -1, 0, 1, 2].map((steps) => this.totp.generate({ timestamp: Date.now() + steps * 30_000 }));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.includes(code)) ?? '';
  }

  /** Reads the QR code of a second factor that is being set up. */
  static async begin(api: RunningApi, person: Person): Promise<Authenticator> {
    const { body } = await api.call('post', '/auth/totp', person).expect(201);
    return new Authenticator(URI.parse(String(body.otpauthUrl)) as TOTP);
  }

  /** Sets up a second factor, as the page does. */
  static async enrol(api: RunningApi, person: Person): Promise<{ app: Authenticator; recoveryCodes: string[] }> {
    const app = await Authenticator.begin(api, person);
    const confirmed = await api.call('post', '/auth/totp/confirm', person).send({ code: app.code() }).expect(200);
    await Authenticator.wait(api, person);
    return { app, recoveryCodes: confirmed.body.recoveryCodes as string[] };
  }

  /** The half minute goes by in which the newest code was good. */
  static async wait(api: RunningApi, { id }: Person): Promise<void> {
    await api.database.sql('UPDATE pgexport.users SET totp_last_step = totp_last_step - 5 WHERE id = $1', [id]);
  }
}
