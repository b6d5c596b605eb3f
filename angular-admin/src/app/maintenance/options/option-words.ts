import type { OptionChoice, Scope } from './option-choice';

type Words<K extends string> = Record<K, { readonly word: string; readonly hint: string }>;

/** Every value of an option: its word, and what it is good for in one sentence. */
export const FORMAT_WORDS: Words<OptionChoice['format']> = {
  custom: {
    word: $localize`:export format@@format.custom:Archive (recommandé)`,
    hint: $localize`:export format@@format.custom.hint:Un seul fichier que pg_restore lit, en entier ou table par table.`,
  },
  plain: {
    word: $localize`:export format@@format.plain:Script SQL`,
    hint: $localize`:export format@@format.plain.hint:Du texte lisible, que psql rejoue d’un bout à l’autre.`,
  },
  directory: {
    word: $localize`:export format@@format.directory:Répertoire (.tar)`,
    hint: $localize`:export format@@format.directory.hint:Plusieurs tables à la fois : plus rapide, mais plus de connexions et de place.`,
  },
};

export const COMPRESSION_WORDS: Words<OptionChoice['compression']> = {
  zstd: {
    word: $localize`:compression@@compression.zstd:zstd (recommandé)`,
    hint: $localize`:compression@@compression.zstd.hint:Le plus rapide pour un petit fichier.`,
  },
  gzip: {
    word: $localize`:compression@@compression.gzip:gzip`,
    hint: $localize`:compression@@compression.gzip.hint:Plus lent, lisible par les outils les plus anciens.`,
  },
  none: {
    word: $localize`:compression@@compression.none:Aucune`,
    hint: $localize`:compression@@compression.none.hint:Un fichier bien plus gros, sans travail pour le processeur.`,
  },
};

export const CONTENT_WORDS: Words<OptionChoice['content']> = {
  all: {
    word: $localize`:what is exported@@content.all:Structure et données`,
    hint: $localize`:what is exported@@content.all.hint:De quoi refaire la base entière.`,
  },
  schema: {
    word: $localize`:what is exported@@content.schema:Structure seule`,
    hint: $localize`:what is exported@@content.schema.hint:Tables, vues et fonctions, sans aucune ligne.`,
  },
  data: {
    word: $localize`:what is exported@@content.data:Données seules`,
    hint: $localize`:what is exported@@content.data.hint:Les lignes, à charger dans une structure qui existe déjà.`,
  },
};

export const SCOPE_WORDS: Words<Scope> = {
  all: {
    word: $localize`:which tables@@scope.all:Toutes les tables`,
    hint: $localize`:which tables@@scope.all.hint:Seul un export complet est sûr de se restaurer seul.`,
  },
  onlySchemas: {
    word: $localize`:which tables@@scope.onlySchemas:Seulement les schémas choisis`,
    hint: $localize`:which tables@@scope.onlySchemas.hint:Avec tout ce qu’ils contiennent, vues et fonctions comprises.`,
  },
  exceptSchemas: {
    word: $localize`:which tables@@scope.exceptSchemas:Tous les schémas sauf les choisis`,
    hint: $localize`:which tables@@scope.exceptSchemas.hint:Les schémas choisis manqueront à la restauration, avec tout ce qu’ils contiennent.`,
  },
  only: {
    word: $localize`:which tables@@scope.only:Seulement les tables choisies`,
    hint: $localize`:which tables@@scope.only.hint:Rien d’autre n’est exporté, ni vues ni fonctions.`,
  },
  except: {
    word: $localize`:which tables@@scope.except:Toutes sauf les tables choisies`,
    hint: $localize`:which tables@@scope.except.hint:Les tables choisies manqueront à la restauration.`,
  },
  withoutRows: {
    word: $localize`:which tables@@scope.withoutRows:Toutes, les choisies sans leurs lignes`,
    hint: $localize`:which tables@@scope.withoutRows.hint:Pour un journal volumineux : sa structure reste, ses lignes non.`,
  },
};

export const VERIFY_WORDS: Words<OptionChoice['verify']> = {
  archive: {
    word: $localize`:verification@@verify.archive:Relire l’archive (recommandé)`,
    hint: $localize`:verification@@verify.archive.hint:Chaque bloc du fichier est relu pendant l’export, presque sans attente.`,
  },
  restore: {
    word: $localize`:verification@@verify.restore:Restaurer et comparer`,
    hint: $localize`:verification@@verify.restore.hint:Le fichier est restauré dans un serveur jetable et comparé : plus sûr, bien plus long.`,
  },
};
