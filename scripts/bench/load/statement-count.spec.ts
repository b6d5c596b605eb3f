import { countStatements } from './statement-count.ts';

it('counts the statements of the ports that are asked for, and nothing else that is logged', () => {
  const log = [
    '127.0.0.1(50001) LOG:  execute <unnamed>: SELECT 1',
    '\t  FROM somewhere',
    "127.0.0.1(50001) DETAIL:  parameters: $1 = 'LOG:  statement: '",
    '127.0.0.1(50002) LOG:  statement: LISTEN a; LISTEN b',
    '127.0.0.1(50001) LOG:  could not receive data from client',
    '127.0.0.1(50003) LOG:  execute named: UPDATE b',
    ' LOG:  checkpoint starting: time',
  ].join('\n');

  expect(countStatements(log, new Set([50_001, 50_002]))).toBe(2);
});
