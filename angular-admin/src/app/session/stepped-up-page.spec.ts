import { jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { render, setUpPanel, textOf } from '../testing/panel-bed';
import { hearStepUp } from './step-up-window';
import { SteppedUpPage } from './stepped-up-page';

describe('the window that comes back from the identity provider', () => {
  const close = jest.spyOn(window, 'close').mockReturnValue();
  const comeBack = async (query = '') => {
    await TestBed.inject(Router).navigateByUrl(`/stepped-up/question-1${query}`);
    return render(SteppedUpPage, { asked: 'question-1' });
  };

  beforeEach(() => {
    setUpPanel([{ path: '**', children: [] }]);
    close.mockClear();
  });

  it('tells the page that waits, and closes itself', async () => {
    const heard = jest.fn();
    hearStepUp('question-1', heard);
    const other = jest.fn();
    hearStepUp('question-2', other);
    await comeBack();
    expect(heard.mock.calls).toEqual([[null]]);
    expect(close).toHaveBeenCalledTimes(1);
    expect(other).not.toHaveBeenCalled();
  });

  it('tells it, too, why it did not work out', async () => {
    const heard = jest.fn();
    hearStepUp('question-1', heard);
    await comeBack('?signInError=another_account');
    expect(heard).toHaveBeenCalledWith(expect.objectContaining({ code: 'another_account' }));
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('says that one may close it, where it can not do so itself', async () => {
    const fixture = await comeBack();
    expect(textOf(fixture)).toContain('Vous pouvez fermer cette fenêtre');
    expect(close).not.toHaveBeenCalled();
  });

  it('says what went wrong there, too', async () => {
    const words = textOf(await comeBack('?signInError=another_account'));
    expect(words).toContain('un autre compte que celui de la page');
    expect(words).toContain('pour réessayer');
  });
});
