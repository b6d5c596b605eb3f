import { jest } from '@jest/globals';
import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';
import { render, settle, setUpPanel, textOf } from '../testing/panel-bed';
import { hearStepUp } from './step-up-window';
import { SteppedUpPage } from './stepped-up-page';

describe('the window that comes back from the identity provider', () => {
  const close = jest.spyOn(window, 'close').mockReturnValue();
  const comeBack = async (query = '') => {
    await TestBed.inject(Router).navigateByUrl(`/stepped-up/question-1${query}`);
    return render(SteppedUpPage, { asked: 'question-1' });
  };

  /** More time than a page needs that is there. */
  const pass = async () => {
    await jest.advanceTimersByTimeAsync(60_000);
    await settle();
  };

  beforeEach(() => {
    jest.useFakeTimers();
    setUpPanel([{ path: '**', children: [] }]);
    close.mockClear();
  });
  afterEach(() => {
    jest.useRealTimers();
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

  it('says that the action goes on by itself, and that one may close it, where it can not do so itself', async () => {
    hearStepUp('question-1', () => undefined);
    const fixture = await comeBack();
    expect(close).toHaveBeenCalledTimes(1);
    expect(textOf(fixture)).toContain('l’action y continue d’elle-même');
    await pass();
    expect(textOf(fixture)).not.toContain('n’attend plus');
  });

  it('stays, promises nothing, and says what to do where no page waits any more', async () => {
    const fixture = await comeBack();
    expect(textOf(fixture)).toContain('C’est confirmé');
    expect(textOf(fixture)).not.toContain('continue d’elle-même');
    await pass();
    expect(close).not.toHaveBeenCalled();
    const words = textOf(fixture);
    expect(words).toContain('C’est confirmé, mais la page qui l’a demandé n’attend plus');
    expect(words).toContain('refaites-y l’action');
    expect(words).not.toContain('continue d’elle-même');
  });

  it('believes a page that the browser had put to sleep, and that answers late', async () => {
    const fixture = await comeBack();
    await pass();
    new BroadcastChannel('pg-export.stepped-up.question-1').postMessage('heard');
    await settle();
    expect(textOf(fixture)).toContain('l’action y continue d’elle-même');
    expect(close).toHaveBeenCalledTimes(1);
  });

  it('says what went wrong there, too', async () => {
    const words = textOf(await comeBack('?signInError=another_account'));
    expect(words).toContain('un autre compte que celui de la page');
    expect(words).toContain('pour réessayer');
  });

  it('does not advise to try again where another account has signed in meanwhile', async () => {
    const words = textOf(await comeBack('?signInError=signed_in_as_another'));
    expect(words).toContain('Un autre compte s’est connecté entre-temps dans ce navigateur');
    expect(words).toContain('Vous pouvez fermer cette fenêtre');
    expect(words).not.toMatch(/réessay/i);
  });
});
