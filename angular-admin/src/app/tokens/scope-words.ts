import type { Token } from '../api/types';

export type Scope = Token['scopes'][number];

/** What each scope of an API token lets a script do. */
export const SCOPE_WORDS: Record<Scope, string> = {
  'exports:read': $localize`:token scope@@scopes.read:Suivre les exports, voir les bases`,
  'exports:create': $localize`:token scope@@scopes.create:Demander des exports`,
  'exports:download': $localize`:token scope@@scopes.download:Télécharger les fichiers`,
  'exports:manage': $localize`:token scope@@scopes.manage:Annuler et supprimer`,
  'audit:read': $localize`:token scope@@scopes.audit:Lire le journal d’audit`,
  'metrics:read': $localize`:token scope@@scopes.metrics:Lire les métriques`,
};

export const SCOPES = Object.keys(SCOPE_WORDS) as readonly Scope[];
