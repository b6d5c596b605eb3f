import { httpResource } from '@angular/common/http';
import { Component, computed, inject, input, model, signal } from '@angular/core';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { requestFailure } from '../../api/request-failure';
import { catalogUrl } from '../../api/routes';
import type { CatalogTable } from '../../api/types';
import { ProblemFace } from '../../faces/problem-face';
import { Measures } from '../../words/measures';

/** More rows than anybody reads: the search narrows them down. */
const SHOWN = 100;

interface SchemaRow {
  readonly name: string;
  readonly tables: number;
  readonly sizeBytes: number;
}

/** The schemas that hold something, by name, each with what it holds. */
function schemasOf(tables: readonly CatalogTable[]): SchemaRow[] {
  const rows = new Map<string, { name: string; tables: number; sizeBytes: number }>();
  for (const { schema, kind, sizeBytes } of tables) {
    const row = rows.get(schema) ?? { name: schema, tables: 0, sizeBytes: 0 };
    rows.set(schema, row);
    row.tables += 1;
    // A partitioned table has the size of its partitions, which are there as well.
    if (kind !== 'partitioned table') row.sizeBytes += sizeBytes;
  }
  return [...rows.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Schemas to tick, out of the database's own catalog. */
@Component({
  selector: 'app-schema-picker',
  imports: [MatFormFieldModule, MatInput, ProblemFace],
  templateUrl: './schema-picker.html',
  styleUrl: './table-picker.scss',
})
export class SchemaPicker {
  readonly database = input.required<string>();
  readonly picked = model.required<string[]>();

  protected readonly show = inject(Measures);
  private readonly catalog = httpResource<CatalogTable[]>(() => catalogUrl(this.database()));
  protected readonly schemas = computed(() => (this.catalog.hasValue() ? schemasOf(this.catalog.value()) : null));
  protected readonly failure = computed(() => {
    const error = this.catalog.error();
    return error === undefined ? null : requestFailure(error);
  });

  protected readonly search = signal('');
  protected readonly found = computed(() => {
    const text = this.search().trim().toLowerCase();
    return (this.schemas() ?? []).filter(({ name }) => name.toLowerCase().includes(text));
  });
  protected readonly shown = computed(() => this.found().slice(0, SHOWN));
  protected readonly beyond = computed(() => this.found().length - this.shown().length);

  protected toggle(name: string): void {
    const others = this.picked().filter((one) => one !== name);
    this.picked.set(others.length < this.picked().length ? others : [...others, name]);
  }

  protected reload(): void {
    this.catalog.reload();
  }
}
