import { Component, computed, inject, input, model, output, viewChild } from '@angular/core';
import { form, FormField, hidden, max, maxLength, min, validate } from '@angular/forms/signals';
import { MatExpansionModule, MatExpansionPanel } from '@angular/material/expansion';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInput } from '@angular/material/input';
import { Measures } from '../../words/measures';
import {
  DEFAULT_CHOICE,
  isRecipient,
  LEAST_MEGABYTES,
  megabytesOf,
  MOST_JOBS,
  MOST_NAMES,
  MOST_RECIPIENTS,
  offered,
  type OptionChoice,
  pickedOf,
  recipientsOf,
  TOP_LEVEL,
  wishOf,
} from './option-choice';
import { COMPRESSION_WORDS, CONTENT_WORDS, FORMAT_WORDS, SCOPE_WORDS, VERIFY_WORDS } from './option-words';
import { SchemaPicker } from './schema-picker';
import { TablePicker } from './table-picker';

const SELECTIONS = ['includeSchemas', 'excludeSchemas', 'includeTables', 'excludeTables', 'excludeTableData'] as const;

const between = (least: number, most: number): string =>
  $localize`:form error@@options.between:De ${least}:least: à ${most}:most:.`;

/** The options of the next export, closed until somebody wants them. */
@Component({
  selector: 'app-export-options',
  imports: [FormField, MatExpansionModule, MatFormFieldModule, MatInput, SchemaPicker, TablePicker],
  templateUrl: './export-options.html',
  styleUrl: './export-options.scss',
})
export class ExportOptions {
  /** The database whose tables can be picked. */
  readonly database = input.required<string>();
  readonly choice = model.required<OptionChoice>();
  readonly opened = output();

  private readonly show = inject(Measures);
  private readonly panel = viewChild.required(MatExpansionPanel);
  protected readonly words = {
    format: Object.entries(FORMAT_WORDS),
    compression: Object.entries(COMPRESSION_WORDS),
    content: Object.entries(CONTENT_WORDS),
    scope: Object.entries(SCOPE_WORDS),
    verify: Object.entries(VERIFY_WORDS),
  };
  /** How every age recipient starts, in any language. */
  protected readonly recipientLook = 'age1…';
  protected readonly may = computed(() => offered(this.choice()));
  protected readonly topLevel = computed(() => TOP_LEVEL[this.choice().compression]);
  protected readonly usualLevel = computed(() => (this.choice().compression === 'gzip' ? 6 : 1));
  protected readonly hints = computed(() => {
    const { format, compression, content, scope, verify } = this.choice();
    return {
      format: FORMAT_WORDS[format].hint,
      compression: COMPRESSION_WORDS[compression].hint,
      content: CONTENT_WORDS[content].hint,
      scope: SCOPE_WORDS[scope].hint,
      verify: VERIFY_WORDS[verify].hint,
    };
  });

  protected readonly fields = form(this.choice, (path) => {
    hidden(path.compressionLevel, { when: ({ valueOf }) => valueOf(path.compression) === 'none' });
    min(path.compressionLevel, 1, { message: () => between(1, this.topLevel()) });
    max(path.compressionLevel, ({ valueOf }) => TOP_LEVEL[valueOf(path.compression)], {
      message: () => between(1, this.topLevel()),
    });
    hidden(path.jobs, { when: ({ valueOf }) => valueOf(path.format) !== 'directory' });
    min(path.jobs, 1, { message: between(1, MOST_JOBS) });
    max(path.jobs, MOST_JOBS, { message: between(1, MOST_JOBS) });
    hidden(path.gentleMegabytes, { when: () => !this.may().gentle });
    validate(path.gentleMegabytes, ({ value }) => {
      const megabytes = megabytesOf(value());
      return megabytes === null || megabytes >= LEAST_MEGABYTES
        ? undefined
        : {
            kind: 'gentle',
            message: $localize`:form error@@options.gentleLeast:Au moins ${this.show.number(LEAST_MEGABYTES)}:least: Mo/s.`,
          };
    });
    hidden(path.recipients, { when: () => !this.may().encryption });
    validate(path.recipients, ({ value }) => {
      const recipients = recipientsOf(value());
      const stranger = recipients.find((one) => !isRecipient(one));
      if (stranger !== undefined) {
        const shown = stranger.slice(0, 24);
        return {
          kind: 'recipient',
          message: $localize`:form error@@options.recipientBad:« ${shown}:recipient: » n’est pas une clé publique age.`,
        };
      }
      if (recipients.length <= MOST_RECIPIENTS) return undefined;
      return {
        kind: 'recipients',
        message: $localize`:form error@@options.recipientsMost:${MOST_RECIPIENTS}:most: clés au plus.`,
      };
    });
    maxLength(path.note, 200);
    hidden(path.picked, { when: ({ valueOf }) => pickedOf(valueOf(path.scope)) !== 'tables' });
    validate(
      path.picked,
      ({ value, valueOf }) =>
        this.tooMany(value()) ??
        (valueOf(path.scope) === 'only' && value().length === 0
          ? { kind: 'picked', message: $localize`:form error@@options.pickedNone:Choisissez au moins une table.` }
          : undefined),
    );
    hidden(path.pickedSchemas, { when: ({ valueOf }) => pickedOf(valueOf(path.scope)) !== 'schemas' });
    validate(
      path.pickedSchemas,
      ({ value, valueOf }) =>
        this.tooMany(value()) ??
        (valueOf(path.scope) === 'onlySchemas' && value().length === 0
          ? { kind: 'picked', message: $localize`:form error@@options.schemasNone:Choisissez au moins un schéma.` }
          : undefined),
    );
  });
  protected readonly picking = computed(() => pickedOf(this.choice().scope));
  /** Nobody is told off for what was not picked yet; too many names are too many at once. */
  protected readonly pickedWrong = computed(() => {
    const { picked, pickedSchemas } = this.fields;
    const errors = this.picking() === null ? [] : [...picked().errors(), ...pickedSchemas().errors()];
    return errors.filter(({ kind }) => kind === 'names' || this.fields().touched()).map(({ message }) => message);
  });
  /** Whether the choice can be sent. */
  readonly valid = computed(() => this.fields().valid());

  /** What differs from the defaults, in a few words; nothing when nothing does. */
  protected readonly summary = computed(() => {
    const choice = this.choice();
    const wish = wishOf('', choice);
    const words = [
      wish.format && FORMAT_WORDS[wish.format].word,
      wish.compression && COMPRESSION_WORDS[wish.compression].word,
      wish.compressionLevel !== undefined &&
        $localize`:compression level@@options.levelShort:niveau ${wish.compressionLevel}:level:`,
      wish.content && CONTENT_WORDS[wish.content].word,
      SELECTIONS.some((filter) => wish[filter] !== undefined) && SCOPE_WORDS[choice.scope].word,
      wish.maxBytesPerSecond && $localize`:option@@options.gentleShort:mode doux`,
      wish.verify === 'restore' && VERIFY_WORDS.restore.word,
      wish.encryptTo && $localize`:option@@options.encryptedShort:chiffré`,
    ].filter((word): word is string => typeof word === 'string' && word !== '');
    if (words.length > 0) return words.join(' · ');
    return Object.keys(wish).length > 1
      ? $localize`:options differ a little@@options.changed:Modifiées`
      : $localize`:no option differs@@options.defaults:Valeurs par défaut`;
  });

  /** Shows what is wrong, because an order was tried with it. */
  reveal(): void {
    this.panel().open();
    this.fields().markAsTouched();
    for (const { fieldTree } of this.fields().errorSummary()) {
      fieldTree().focusBoundControl();
      return;
    }
  }

  protected reset(): void {
    this.choice.set(DEFAULT_CHOICE);
  }

  private tooMany(names: readonly unknown[]) {
    if (names.length <= MOST_NAMES) return undefined;
    const [most, picked] = [this.show.count(MOST_NAMES), this.show.count(names.length)];
    return {
      kind: 'names',
      message: $localize`:form error@@options.namesMost:${most}:most: noms au plus, et non ${picked}:picked: : choisissez plutôt des schémas.`,
    };
  }
}
