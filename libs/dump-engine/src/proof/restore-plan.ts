/** Who restores an entry: the database's owner without special rights, or, where only a superuser may, one of two. */
export type Restorer =
  /** Foreign code runs as this role alone. */
  | 'owner'
  /** A superuser whose objects are handed over to the owner as soon as they are made. */
  | 'maker'
  /** A superuser whose objects can belong to superusers only, and who grants and comments. */
  | 'admin';

/** Entries of an archive that are restored in one go, as lines for `pg_restore --use-list`. */
export interface RestoreStep {
  by: Restorer;
  lines: string[];
  /** Whether rows are among them: then the archive is read to its end. */
  hasData: boolean;
}

const ENTRY = /^\d+; (\d+) (\d+) (.+)$/;

/** Kinds of entries as pg_restore lists them, by who makes them; all others are the owner's, or named by their oid. */
const MADE_BY_ADMIN = ['EXTENSION', 'FOREIGN DATA WRAPPER', 'PROCEDURAL LANGUAGE'];
const MADE_BY_MAKER = ['OPERATOR CLASS', 'OPERATOR FAMILY', 'TRANSFORM'];
/** Nothing depends on them, and the grantor or the object may be anybody's. */
const AFTERWARDS = ['ACL', 'DEFAULT ACL', 'COMMENT'];
/** Runs queries that may need those grants. */
const REFRESHED = ['MATERIALIZED VIEW DATA'];
/** From here on every command of a superuser could set foreign code off: an event trigger runs as whoever sets it off. */
const LAST = [
  'PUBLICATION',
  'SUBSCRIPTION',
  'EVENT TRIGGER',
  'COMMENT - PUBLICATION',
  'COMMENT - SUBSCRIPTION',
  'COMMENT - EVENT TRIGGER',
];
/** A label needs its provider, a database exists already. */
const LEFT_OUT = ['SECURITY LABEL', 'DATABASE'];
const DATA = ['TABLE DATA', 'BLOBS', 'LARGE OBJECTS'];

/**
 * Splits a restore into steps by who may make what. Restored as a superuser, a foreign file could run programs on this
 * machine (a CHECK function with `COPY … TO PROGRAM`); as an ordinary owner, it could not make all that a database holds.
 * @param listing what `pg_restore --list` says
 * @param privileged `<class oid> <oid>` of the source's objects that only a superuser can make
 */
export function planRestore(listing: string, privileged: ReadonlySet<string>): RestoreStep[] {
  const main: RestoreStep[] = [];
  const [grants, refreshes, last] = [step('admin'), step('owner'), step('admin')];
  for (const line of listing.split('\n')) {
    const [, classOid = '', oid = '', entry = ''] = ENTRY.exec(line) ?? [];
    if (entry === '' || isOne(entry, LEFT_OUT)) continue;
    if (isOne(entry, LAST)) last.lines.push(line);
    else if (isOne(entry, REFRESHED)) refreshes.lines.push(line);
    else if (isOne(entry, AFTERWARDS)) grants.lines.push(line);
    else addTo(main, makerOf(entry, privileged.has(`${classOid} ${oid}`)), line, isOne(entry, DATA));
  }
  return [...main, grants, refreshes, last].filter(({ lines }) => lines.length > 0);
}

function step(by: Restorer): RestoreStep {
  return { by, lines: [], hasData: false };
}

function makerOf(entry: string, isPrivileged: boolean): Restorer {
  if (isOne(entry, MADE_BY_ADMIN)) return 'admin';
  return isPrivileged || isOne(entry, MADE_BY_MAKER) ? 'maker' : 'owner';
}

/** The order of an archive's entries is one in which each finds what it needs. */
function addTo(steps: RestoreStep[], by: Restorer, line: string, isData: boolean): void {
  let current = steps.at(-1);
  if (current?.by !== by) {
    current = step(by);
    steps.push(current);
  }
  current.lines.push(line);
  current.hasData ||= isData;
}

function isOne(entry: string, kinds: readonly string[]): boolean {
  return kinds.some((kind) => entry.startsWith(`${kind} `));
}
