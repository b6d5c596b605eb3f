import { Component } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle } from '@angular/material/dialog';

@Component({
  selector: 'app-cancel-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle],
  template: `
    <h2 mat-dialog-title i18n="@@cancel.title">Annuler l’export ?</h2>
    <mat-dialog-content i18n="@@cancel.words">
      pg_dump sera arrêté et le fichier commencé supprimé. Un nouvel export repartira de zéro.
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" [mat-dialog-close]="false" cdkFocusInitial i18n="@@cancel.no">
        Laisser continuer
      </button>
      <button matButton="filled" type="button" [mat-dialog-close]="true" i18n="@@cancel.yes">Annuler l’export</button>
    </mat-dialog-actions>
  `,
})
export class CancelDialog {}
