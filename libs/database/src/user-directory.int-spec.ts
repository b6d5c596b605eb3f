import { LedgerTrial } from '../testing/ledger-trial.js';
import { SessionEntity, SessionStore, UserDirectory, UserEntity } from './index.js';

describe('an account', () => {
  let trial: LedgerTrial;
  let users: UserDirectory;
  let sessions: SessionStore;
  beforeAll(async () => {
    trial = await LedgerTrial.start('user_directory');
    users = new UserDirectory(trial.source.getRepository(UserEntity));
    sessions = new SessionStore(trial.source.getRepository(SessionEntity));
    await users.add('first@example.com', 'hash', 'SUPER_ADMIN');
  });
  afterAll(() => trial.stop());

  const signedIn = async (email: string) => {
    const user = await users.add(email, 'hash', 'OPS');
    const session = await sessions.open(user.id, 'refresh', new Date(Date.now() + 3_600_000));
    return { user, session };
  };

  it('that is switched off and on again has none of its old sessions', async () => {
    const [one, other] = [await signedIn('one@example.com'), await signedIn('other@example.com')];
    await users.change(one.user.id, { disabled: true });
    await users.change(one.user.id, { disabled: false });
    expect(await sessions.alive(one.session.id)).toBeNull();
    expect(await sessions.alive(other.session.id)).not.toBeNull();
  });

  it('keeps its sessions while only its role changes', async () => {
    const { user, session } = await signedIn('promoted@example.com');
    await users.change(user.id, { role: 'SUPER_ADMIN' });
    await users.change(user.id, { role: 'OPS', disabled: false });
    expect(await sessions.alive(session.id)).not.toBeNull();
  });

  it('keeps its sessions when it may not be switched off', async () => {
    const first = (await users.findByEmail('first@example.com'))!;
    const session = await sessions.open(first.id, 'refresh', new Date(Date.now() + 3_600_000));
    await expect(users.change(first.id, { disabled: true })).rejects.toMatchObject({ code: 'last_super_admin' });
    expect(await sessions.alive(session.id)).not.toBeNull();
  });
});
