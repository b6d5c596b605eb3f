import { chooseServer, parseMajor, type PostgresBinaries } from './binaries.ts';

const server = (major: number, embedded = false): PostgresBinaries => ({ folder: `/${major}`, major, embedded });

describe('parseMajor', () => {
  it.each([
    ['pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)', 15],
    ['postgres (PostgreSQL) 17beta1', 17],
    ['pg_dump: command not found', undefined],
  ])('%s', (line, major) => {
    expect(parseMajor(line)).toBe(major);
  });
});

describe('chooseServer', () => {
  it("takes exactly the cluster's major when there is a cluster", () => {
    expect(chooseServer([server(17), server(15)], { clusterMajor: 15, newestClient: 17 })?.major).toBe(15);
    expect(chooseServer([server(17)], { clusterMajor: 15, newestClient: 17 })).toBeUndefined();
  });

  it('never takes a server that the installed pg_dump would refuse', () => {
    expect(chooseServer([server(17), server(14)], { newestClient: 15 })?.major).toBe(14);
    expect(chooseServer([server(15, true)], { newestClient: 14 })).toBeUndefined();
  });

  it("prefers the system's own to the one of the npm packages, then the newest", () => {
    expect(chooseServer([server(15, true), server(14), server(13)], { newestClient: 15 })).toEqual(server(14));
  });
});
