import { atLeast, atMost, loadTable } from './load-report.ts';

it('says of each promise whether it was kept, or could not be measured', () => {
  const table = loadTable([
    atLeast('polling', 0.6, 0.5),
    atLeast('download', 0.7, 0.75),
    atMost('POST', 49.4, 50, ' ms', 0),
    { what: 'nginx', measured: 'not installed', promised: 'at least 0.75', kept: null },
  ]);
  expect(table.split('\n').slice(2)).toEqual([
    '| polling | 0.60 | at least 0.50 | ✔ |',
    '| download | 0.70 | at least 0.75 | ✘ |',
    '| POST | 49 ms | at most 50 ms | ✔ |',
    '| nginx | not installed | at least 0.75 | – |',
  ]);
});
