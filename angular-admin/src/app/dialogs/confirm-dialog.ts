import { Component, DOCUMENT, inject, Service } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MAT_DIALOG_DATA, MatDialog, MatDialogModule } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

/** A question before something that cannot be taken back. */
export interface Question {
  readonly title: string;
  readonly words: string;
  /** The button that does it. */
  readonly yes: string;
  /** The button that leaves everything as it is. */
  readonly no: string;
}

@Component({
  selector: 'app-confirm-dialog',
  imports: [MatButton, MatDialogModule],
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>{{ question.words }}</mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" [mat-dialog-close]="false" cdkFocusInitial>{{ question.no }}</button>
      <button matButton="filled" type="button" [mat-dialog-close]="true">{{ question.yes }}</button>
    </mat-dialog-actions>
  `,
})
export class ConfirmDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
}

/** Asks, with the careful answer under the focus. */
@Service()
export class Confirmation {
  private readonly dialog = inject(MatDialog);
  private readonly document = inject(DOCUMENT);

  async isMeant(question: Question): Promise<boolean> {
    const asked = this.dialog.open<ConfirmDialog, Question, boolean>(ConfirmDialog, {
      data: question,
      maxWidth: 480,
      restoreFocus: this.askingMenu() ?? true,
    });
    return (await firstValueFrom(asked.afterClosed())) === true;
  }

  /** The button of the menu whose item asks: the item itself is gone before the answer. */
  private askingMenu(): HTMLElement | null {
    const menu = this.document.activeElement?.closest('[role=menu]');
    return menu ? this.document.querySelector<HTMLElement>(`[aria-controls="${menu.id}"]`) : null;
  }
}
