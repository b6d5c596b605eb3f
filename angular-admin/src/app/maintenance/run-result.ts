import { booleanAttribute, Component, computed, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatIcon } from '@angular/material/icon';
import type { Export } from '../api/types';
import { runSeconds } from '../words/export-words';
import { Measures } from '../words/measures';
import { CopyField } from './copy-field';
import { parallelRestore } from './parallel-restore';

/** A file that is ready: what it is, how to check it, how to restore it. */
@Component({
  selector: 'app-run-result',
  imports: [CopyField, MatButton, MatIcon],
  templateUrl: './run-result.html',
  styleUrl: './run-result.scss',
})
export class RunResult {
  readonly run = input.required<Export>();
  readonly mayDownload = input(false);
  /** Whether the file is no more on the server; whoever has it can still check and restore it. */
  readonly gone = input(false, { transform: booleanAttribute });
  /** Whether the download was handed to the browser. */
  readonly downloadStarted = input(false);
  readonly download = output();

  protected readonly show = inject(Measures);
  protected readonly seconds = computed(() => runSeconds(this.run()));
  /** Its command then opens the file with a key first. */
  protected readonly encrypted = computed(() => this.run().options.encryptTo.length > 0);
  protected readonly parallel = computed(() => parallelRestore(this.run()));
  protected readonly parallelLabel = $localize`:shell command@@result.parallel:Commande de restauration parallèle`;
  protected readonly copyParallel = $localize`:button@@result.copyParallel:Copier la commande de restauration parallèle`;
  protected readonly checksumLabel = $localize`:checksum@@result.sha256:Empreinte SHA-256`;
  protected readonly copyChecksum = $localize`:button@@result.copySha256:Copier l’empreinte SHA-256`;
  protected readonly commandLabel = $localize`:shell command@@result.command:Commande de restauration`;
  protected readonly copyCommand = $localize`:button@@result.copyCommand:Copier la commande de restauration`;
}
