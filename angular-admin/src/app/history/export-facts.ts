import { Component, computed, inject, input } from '@angular/core';
import type { Export, TableName } from '../api/types';
import {
  COMPRESSION_WORDS,
  CONTENT_WORDS,
  FORMAT_WORDS,
  SCOPE_WORDS,
  VERIFY_WORDS,
} from '../maintenance/options/option-words';
import { Measures } from '../words/measures';

/** The form recommends; a fact does not. */
const plain = ({ word }: { readonly word: string }): string => word.replace(/ \([^.)]*\)$/, '');

const names = (schemas: readonly string[], tables: readonly TableName[]): string =>
  [...schemas, ...tables.map(({ schema, name }) => `${schema}.${name}`)].join(', ');

/** What was wanted of an export: the options that say something. */
@Component({
  selector: 'app-export-facts',
  template: `
    <dl>
      @for (fact of facts(); track fact.label) {
        <div>
          <dt>{{ fact.label }}</dt>
          <dd>{{ fact.value }}</dd>
        </div>
      }
    </dl>
  `,
  styles: `
    dl {
      display: flex;
      flex-wrap: wrap;
      gap: 16px 32px;
    }
    div {
      max-width: 64ch;
    }
    dt {
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-label-medium);
    }
    dd {
      font: var(--mat-sys-body-large);
      overflow-wrap: anywhere;
    }
  `,
})
export class ExportFacts {
  readonly run = input.required<Export>();
  private readonly show = inject(Measures);

  protected readonly facts = computed(() => {
    const options = this.run().options;
    const level = options.compression === 'none' ? null : options.compressionLevel;
    const rows: readonly (readonly [string, string | null])[] = [
      [$localize`:option@@options.format:Format`, plain(FORMAT_WORDS[options.format])],
      [
        $localize`:option@@options.compression:Compression`,
        [plain(COMPRESSION_WORDS[options.compression]), level].filter((part) => part !== null).join(' '),
      ],
      [$localize`:option@@options.jobs:Connexions parallèles`, options.jobs === null ? null : String(options.jobs)],
      [$localize`:option@@options.content:Contenu`, plain(CONTENT_WORDS[options.content])],
      [plain(SCOPE_WORDS.only), names(options.includeSchemas, options.includeTables)],
      [plain(SCOPE_WORDS.except), names(options.excludeSchemas, options.excludeTables)],
      [plain(SCOPE_WORDS.withoutRows), names([], options.excludeTableData)],
      [$localize`:option@@options.verify:Vérification`, plain(VERIFY_WORDS[options.verify])],
      [
        $localize`:of an export@@exportPage.gentle:Mode doux`,
        options.maxBytesPerSecond === null ? null : `${this.show.bytes(options.maxBytesPerSecond)}/s`,
      ],
      [$localize`:of an export@@exportPage.recipients:Chiffré pour`, options.encryptTo.join(', ')],
      [$localize`:option@@options.note:Note`, options.note],
    ];
    return rows.flatMap(([label, value]) => (value === null || value === '' ? [] : [{ label, value }]));
  });
}
