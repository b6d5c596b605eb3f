import { parsePasswd } from './os-user.ts';

describe('/etc/passwd', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\npostgres:x:101:104::/var/lib/postgresql:/bin/sh\n';

  it('gives the numbers of an account', () => {
    expect(parsePasswd(passwd, 'postgres')).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  it('matches whole names only', () => {
    expect(parsePasswd(passwd, 'post')).toBeUndefined();
  });
});
