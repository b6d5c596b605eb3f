import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, model, signal } from '@angular/core';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { requestFailure } from '../../api/request-failure';
import { catalogUrl } from '../../api/routes';
import type { CatalogTable, TableName } from '../../api/types';
import { ProblemFace } from '../../faces/problem-face';
import { Measures } from '../../words/measures';

/** More rows than anybody reads: the search narrows them down. */
const SHOWN = 100;

/** Names may hold anything, also the dot that parts them for people. */
const keyOf = ({ schema, name }: TableName): string => JSON.stringify([schema, name]);

/** Tables to tick, out of the database's own catalog. */
@Component({
  selector: 'app-table-picker',
  imports: [MatFormFieldModule, MatInput, ProblemFace],
  templateUrl: './table-picker.html',
  styleUrl: './table-picker.scss',
})
export class TablePicker {
  readonly database = input.required<string>();
  readonly picked = model.required<TableName[]>();

  protected readonly show = inject(Measures);
  private readonly catalog = httpResource<CatalogTable[]>(() => catalogUrl(this.database()));
  protected readonly tables = computed(() => (this.catalog.hasValue() ? this.catalog.value() : null));
  protected readonly failure = computed(() => {
    const error = this.catalog.error();
    return error === undefined ? null : requestFailure(error);
  });

  private readonly pickedKeys = computed(() => new Set(this.picked().map(keyOf)));
  protected readonly search = signal('');
  protected readonly found = computed(() => {
    const words = this.search().toLowerCase().split(/\s+/);
    return (this.tables() ?? []).filter(({ schema, name }) => {
      const text = `${schema}.${name}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
  });
  protected readonly shown = computed(() => this.found().slice(0, SHOWN));
  protected readonly beyond = computed(() => this.found().length - this.shown().length);
  protected readonly allPicked = computed(() => this.found().every((table) => this.isPicked(table)));

  protected isPicked(table: TableName): boolean {
    return this.pickedKeys().has(keyOf(table));
  }

  protected toggle({ schema, name }: TableName): void {
    const others = this.picked().filter((one) => keyOf(one) !== keyOf({ schema, name }));
    this.picked.set(others.length < this.picked().length ? others : [...others, { schema, name }]);
  }

  /** Ticks all that were found, or none of them. */
  protected toggleFound(): void {
    const found = this.found();
    const keys = new Set(found.map(keyOf));
    const others = this.picked().filter((one) => !keys.has(keyOf(one)));
    const ticked = this.allPicked() ? [] : found.map(({ schema, name }) => ({ schema, name }));
    this.picked.set([...others, ...ticked]);
  }

  protected reload(): void {
    this.catalog.reload();
  }
}
