import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import type { AuditWish } from './audit-query';
import { ACTION_WORDS, OUTCOME_WORDS } from './audit-words';

const NOTHING: Record<keyof AuditWish, string> = { action: '', outcome: '', actor: '', from: '', to: '' };

/** What to look for in the trail. Each choice counts at once. */
@Component({
  selector: 'app-audit-filters',
  imports: [MatButton, MatFormFieldModule, MatInput],
  template: `
    <mat-form-field appearance="outline" subscriptSizing="dynamic">
      <mat-label i18n="filter@@audit.what">Action</mat-label>
      <select #action matNativeControl [value]="wish().action ?? ''" (change)="chosen.emit({ action: action.value })">
        <option value="" i18n="filter: any action@@audit.anyAction">Toutes</option>
        @for (option of actions; track option[0]) {
          <option [value]="option[0]" [selected]="option[0] === wish().action">{{ option[1] }}</option>
        }
      </select>
    </mat-form-field>
    <mat-form-field appearance="outline" subscriptSizing="dynamic">
      <mat-label i18n="filter@@audit.result">Résultat</mat-label>
      <select
        #outcome
        matNativeControl
        [value]="wish().outcome ?? ''"
        (change)="chosen.emit({ outcome: outcome.value })"
      >
        <option value="" i18n="filter: any result@@audit.anyResult">Tous</option>
        @for (option of outcomes; track option[0]) {
          <option [value]="option[0]" [selected]="option[0] === wish().outcome">{{ option[1] }}</option>
        }
      </select>
    </mat-form-field>
    <mat-form-field appearance="outline" subscriptSizing="dynamic">
      <mat-label i18n="filter@@audit.who">Compte (adresse e-mail)</mat-label>
      <input
        #actor
        matInput
        type="search"
        inputmode="email"
        autocomplete="off"
        maxlength="320"
        [value]="wish().actor ?? ''"
        (change)="chosen.emit({ actor: actor.value.trim() })"
      />
    </mat-form-field>
    <mat-form-field appearance="outline" subscriptSizing="dynamic" [floatLabel]="'always'">
      <mat-label i18n="filter: first day@@audit.since">Du</mat-label>
      <input #from matInput type="date" [value]="wish().from ?? ''" (change)="chosen.emit({ from: from.value })" />
    </mat-form-field>
    <mat-form-field appearance="outline" subscriptSizing="dynamic" [floatLabel]="'always'">
      <mat-label i18n="filter: last day@@audit.until">Au (inclus)</mat-label>
      <input #to matInput type="date" [value]="wish().to ?? ''" (change)="chosen.emit({ to: to.value })" />
    </mat-form-field>
    @if (filtered()) {
      <button matButton type="button" (click)="chosen.emit(nothing)" i18n="button@@historyPage.clear">
        Effacer les filtres
      </button>
    }
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 12px 16px;
      margin-block: 4px 16px;
    }
    mat-form-field {
      flex: 0 1 200px;
    }
    @media (max-width: 599px) {
      mat-form-field {
        flex: 1 1 140px;
      }
    }
  `,
})
export class AuditFilters {
  readonly wish = input.required<AuditWish>();
  /** What was chosen; an empty word takes a filter away. */
  readonly chosen = output<AuditWish>();

  protected readonly nothing = NOTHING;
  protected readonly actions = Object.entries(ACTION_WORDS);
  protected readonly outcomes = Object.entries(OUTCOME_WORDS);
  protected readonly filtered = computed(() => Object.values(this.wish()).some((word) => word));
}
