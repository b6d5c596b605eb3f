import { ready } from '../testing/builders';
import { render, setUpPanel, textOf } from '../testing/panel-bed';
import { RunResult } from './run-result';

describe('the result of a run', () => {
  beforeEach(() => {
    setUpPanel();
  });

  it('explains the words of the restore command, KEY only where the command has it', async () => {
    expect(textOf(await render(RunResult, { run: ready() }))).not.toContain('KEY');
    const { options, ...rest } = ready();
    const run = { ...rest, options: { ...options, encryptTo: [`age1${'q'.repeat(58)}`] } };
    expect(textOf(await render(RunResult, { run }))).toContain('Remplacez KEY par le fichier d’identité age');
  });
});
