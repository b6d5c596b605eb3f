/** A failed export in the reader's language: what happened, and what to do about it. */
export interface FailureWords {
  readonly what: string;
  readonly next: string;
}

const FAILURES = {
  source_unreachable: {
    what: $localize`:failed export@@failure.source_unreachable.what:La base de données est injoignable.`,
    next: $localize`:failed export@@failure.source_unreachable.next:Vérifiez que le serveur PostgreSQL est démarré et accessible depuis le worker, puis relancez l’export.`,
  },
  authentication_failed: {
    what: $localize`:failed export@@failure.authentication_failed.what:PostgreSQL a refusé l’identifiant ou le mot de passe.`,
    next: $localize`:failed export@@failure.authentication_failed.next:Corrigez l’adresse de connexion EXPORT_DATABASE_URL, puis redémarrez pg-export.`,
  },
  permission_denied: {
    what: $localize`:failed export@@failure.permission_denied.what:Le rôle PostgreSQL n’a pas le droit de lire toute la base.`,
    next: $localize`:failed export@@failure.permission_denied.next:Donnez-lui le droit de lecture sur l’objet nommé dans les détails, puis relancez l’export.`,
  },
  version_mismatch: {
    what: $localize`:failed export@@failure.version_mismatch.what:pg_dump est plus ancien que le serveur PostgreSQL.`,
    next: $localize`:failed export@@failure.version_mismatch.next:Installez les outils clients de la version du serveur, ou indiquez leur dossier dans PG_BIN_DIR.`,
  },
  pg_dump_missing: {
    what: $localize`:failed export@@failure.pg_dump_missing.what:pg_dump est introuvable sur la machine du worker.`,
    next: $localize`:failed export@@failure.pg_dump_missing.next:Installez les outils clients de PostgreSQL, ou indiquez leur dossier dans PG_BIN_DIR.`,
  },
  lock_timeout: {
    what: $localize`:failed export@@failure.lock_timeout.what:Une table est restée verrouillée trop longtemps.`,
    next: $localize`:failed export@@failure.lock_timeout.next:Attendez la fin de la migration ou de la transaction en cours, puis relancez l’export.`,
  },
  yielded: {
    what: $localize`:failed export@@failure.yielded.what:L’export s’est effacé devant une opération qui attendait ses verrous.`,
    next: $localize`:failed export@@failure.yielded.next:Relancez-le à un moment plus calme, quand aucune migration ne tourne.`,
  },
  timed_out: {
    what: $localize`:failed export@@failure.timed_out.what:L’export a dépassé la durée permise.`,
    next: $localize`:failed export@@failure.timed_out.next:Relancez-le à une heure creuse, ou augmentez EXPORT_TIMEOUT_SECONDS.`,
  },
  stalled: {
    what: $localize`:failed export@@failure.stalled.what:L’export n’avançait plus et a été arrêté.`,
    next: $localize`:failed export@@failure.stalled.next:Vérifiez la charge du serveur PostgreSQL et le réseau, puis relancez l’export.`,
  },
  disk_full: {
    what: $localize`:failed export@@failure.disk_full.what:Il n’y a plus de place sur le disque.`,
    next: $localize`:failed export@@failure.disk_full.next:Libérez de l’espace dans le dossier de travail, puis relancez l’export.`,
  },
  storage_failed: {
    what: $localize`:failed export@@failure.storage_failed.what:Le fichier n’a pas pu être rangé dans le stockage.`,
    next: $localize`:failed export@@failure.storage_failed.next:Vérifiez que le stockage est accessible en écriture, puis relancez l’export.`,
  },
  source_error: {
    what: $localize`:failed export@@failure.source_error.what:PostgreSQL n’a pas pu lire une partie des données.`,
    next: $localize`:failed export@@failure.source_error.next:Les détails disent quel objet est en cause : il faut le réparer ou l’exclure avant de relancer.`,
  },
  archive_invalid: {
    what: $localize`:failed export@@failure.archive_invalid.what:Le fichier produit n’a pas passé la vérification.`,
    next: $localize`:failed export@@failure.archive_invalid.next:Il a été supprimé. Vérifiez le disque du worker, puis relancez l’export.`,
  },
  restore_failed: {
    what: $localize`:failed export@@failure.restore_failed.what:La restauration d’essai a échoué.`,
    next: $localize`:failed export@@failure.restore_failed.next:Les détails disent ce qui ne se restaure pas ; le fichier n’a pas été gardé.`,
  },
  verify_unavailable: {
    what: $localize`:failed export@@failure.verify_unavailable.what:La vérification demandée n’est pas possible sur cette machine.`,
    next: $localize`:failed export@@failure.verify_unavailable.next:Installez un serveur PostgreSQL sur la machine du worker, ou choisissez la vérification de l’archive.`,
  },
  interrupted: {
    what: $localize`:failed export@@failure.interrupted.what:L’export a été interrompu par un arrêt du service.`,
    next: $localize`:failed export@@failure.interrupted.next:Relancez-le ; si cela se répète, consultez les journaux du worker.`,
  },
  file_lost: {
    what: $localize`:failed export@@failure.file_lost.what:Le fichier n’est plus dans le stockage.`,
    next: $localize`:failed export@@failure.file_lost.next:Relancez un export ; vérifiez aussi qui d’autre écrit dans ce dossier.`,
  },
  internal: {
    what: $localize`:failed export@@failure.internal.what:Une erreur interne de pg-export a arrêté l’export.`,
    next: $localize`:failed export@@failure.internal.next:Relancez-le ; si cela se répète, transmettez les détails à l’équipe technique.`,
  },
} satisfies Record<string, FailureWords>;

export type FailureCode = keyof typeof FAILURES;
export const FAILURE_CODES = Object.keys(FAILURES) as readonly FailureCode[];

/** A code that this panel does not know yet (a newer server) is told as an internal error. */
export function failureWords(code: string): FailureWords {
  return FAILURE_CODES.includes(code as FailureCode) ? FAILURES[code as FailureCode] : FAILURES.internal;
}
