import { readAccount } from './os-account.js';

const PASSWD = `root:x:0:0:root:/root:/bin/bash
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
toor:x:0:0::/root:/bin/sh
`;

describe('the account of a throwaway server', () => {
  it('is read from /etc/passwd', () => {
    expect(readAccount(PASSWD, 'postgres')).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  it.each(['nobody', 'root', 'toor', 'post'])('is never %s, who is not there or is root', (name) => {
    expect(readAccount(PASSWD, name)).toBeNull();
  });
});
