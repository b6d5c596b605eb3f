import type { Database } from '../api/types';
import { database } from '../testing/builders';
import { render, setUpPanel, textOf } from '../testing/panel-bed';
import { DatabaseFacts } from './database-facts';

describe('the facts of a database', () => {
  beforeEach(() => {
    setUpPanel();
  });
  const facts = (fields: Partial<Database>) => render(DatabaseFacts, { database: database(fields) });

  it('say in the reader’s language why it is out of reach, with the server’s own words as details', async () => {
    const problem = 'The database server could not be reached. connect ECONNREFUSED 10.0.0.5:5432';
    const fixture = await facts({ reachable: false, problem, problemCode: 'source_unreachable' });
    expect(textOf(fixture)).toContain('Injoignable');
    expect(textOf(fixture)).toContain('Vérifiez que le serveur PostgreSQL est démarré');
    const details = (fixture.nativeElement as HTMLElement).querySelector('details');
    expect(details?.textContent).toContain('ECONNREFUSED');
    expect(textOf(fixture).replace(details?.textContent.replace(/\s+/g, ' ').trim() ?? '', '')).not.toContain(
      'ECONNREFUSED',
    );
  });

  it('say of one that answers why it still cannot be exported', async () => {
    const problem = 'The server runs PostgreSQL 18, the newest pg_dump found is 15.18.';
    const fixture = await facts({ problem, problemCode: 'version_mismatch' });
    expect(textOf(fixture)).toContain('Joignable');
    expect(textOf(fixture)).toContain('pg_dump est plus ancien que le serveur PostgreSQL.');
  });

  it('say nothing of one that can be exported', async () => {
    expect(((await facts({})).nativeElement as HTMLElement).querySelector('.problem')).toBeNull();
  });
});
