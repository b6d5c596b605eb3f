import { httpResource } from '@angular/common/http';
import { Component, computed, effect, input, untracked } from '@angular/core';
import { lastHeard } from '../../api/last-heard';
import { exportTablesUrl } from '../../api/routes';
import type { Export, ExportTable } from '../../api/types';
import { TableMap } from './table-map';

/** The map of a running export, as fresh as its progress. Where its tables are not known, nothing is shown. */
@Component({
  selector: 'app-run-tables',
  imports: [TableMap],
  template: `
    @if (tables().length > 0) {
      <app-table-map [tables]="tables()" />
    }
  `,
})
export class RunTables {
  readonly run = input.required<Export>();
  private readonly id = computed(() => this.run().id);
  private readonly list = httpResource<ExportTable[]>(() => exportTablesUrl(this.id()));
  private readonly heard = lastHeard(this.id, () => (this.list.hasValue() ? this.list.value() : null));
  protected readonly tables = computed(() => this.heard() ?? []);

  constructor() {
    const progress = computed(() => JSON.stringify(this.run().progress));
    effect(() => {
      progress();
      untracked(() => {
        if (!this.list.isLoading()) this.list.reload();
      });
    });
  }
}
