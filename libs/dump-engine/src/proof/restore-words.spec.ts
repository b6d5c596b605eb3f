import { ExportFailure } from '#lib/domain';
import { classifyRestoreError, isRestoreChatter, withoutRows } from './restore-words.js';

const WORDS = `pg_restore: while PROCESSING TOC:
pg_restore: from TOC entry 3300; 2606 16430 CONSTRAINT people people_email_key postgres
pg_restore: error: could not execute query: ERROR:  could not create unique index "people_email_key"
DETAIL:  Key (email)=(alice@example.com) is duplicated.
Command was: ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_email_key UNIQUE (email);
pg_restore: error: COPY failed for table "people": ERROR:  invalid input syntax for type integer: "secret"
CONTEXT:  COPY people, line 5, column age: "secret"
`;

describe('the words of a failed restore', () => {
  it('name the trouble, and nothing that stands in a row', () => {
    expect(withoutRows(WORDS).split('\n')).toEqual([
      'pg_restore: while PROCESSING TOC:',
      'pg_restore: from TOC entry 3300; 2606 16430 CONSTRAINT people people_email_key postgres',
      'pg_restore: error: could not execute query: ERROR:  could not create unique index "people_email_key"',
      'pg_restore: error: COPY failed for table "people": ERROR:  invalid input syntax for type integer: "…"',
    ]);
  });

  it('are not those about what it is doing', () => {
    expect(isRestoreChatter('pg_restore: creating TABLE "public.orders"')).toBe(true);
    expect(isRestoreChatter('pg_restore: error: could not read from input file: end of file')).toBe(false);
  });

  it('mean a full disk when either side says so', () => {
    const server = 'PANIC:  could not write to file "pg_wal/xlogtemp.1": No space left on device';
    expect(classifyRestoreError('server closed the connection', server)).toMatchObject({ code: 'disk_full' });
    expect(classifyRestoreError('server closed the connection', '')).toMatchObject({ code: 'restore_failed' });
  });

  it('mean nothing about the file when the throwaway server does not answer: it is tried again', () => {
    const gone = new ExportFailure('source_unreachable', 'The database server cannot be reached.');
    expect(classifyRestoreError(gone.message, '', gone)).toMatchObject({ code: 'interrupted', kind: 'transient' });
  });
});
