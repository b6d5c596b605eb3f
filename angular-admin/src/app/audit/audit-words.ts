import type { AuditRecord } from '../api/types';

type Action = AuditRecord['action'];
type Outcome = AuditRecord['outcome'];
type Via = NonNullable<AuditRecord['actor']>['via'];

/** What was done, as the audit trail names it. */
export const ACTION_WORDS: Record<Action, string> = {
  login: $localize`:audit action@@audit.login:Connexion`,
  'step-up': $localize`:audit action@@audit.stepUp:Confirmation du mot de passe`,
  logout: $localize`:audit action@@audit.logout:Déconnexion`,
  export: $localize`:audit action@@audit.export:Export`,
  download: $localize`:audit action@@audit.download:Téléchargement`,
  'download-link': $localize`:audit action@@audit.link:Lien de téléchargement`,
  cancel: $localize`:audit action@@audit.cancel:Annulation`,
  delete: $localize`:audit action@@audit.delete:Suppression d’un fichier`,
  'account.create': $localize`:audit action@@audit.accountCreate:Compte créé`,
  'account.change': $localize`:audit action@@audit.accountChange:Compte modifié`,
  'account.reset-password': $localize`:audit action@@audit.resetPassword:Mot de passe réinitialisé`,
  'account.reset-totp': $localize`:audit action@@audit.resetTotp:Second facteur réinitialisé`,
  'password.change': $localize`:audit action@@audit.password:Mot de passe changé`,
  'session.end': $localize`:audit action@@audit.sessionEnd:Session terminée`,
  'session.reuse': $localize`:audit action@@audit.sessionReuse:Session terminée, son jeton ayant été copié`,
  'totp.begin': $localize`:audit action@@audit.totpBegin:Second facteur en préparation`,
  'totp.enable': $localize`:audit action@@audit.totpOn:Second facteur activé`,
  'totp.disable': $localize`:audit action@@audit.totpOff:Second facteur retiré`,
  'token.create': $localize`:audit action@@audit.tokenCreate:Jeton créé`,
  'token.revoke': $localize`:audit action@@audit.tokenRevoke:Jeton révoqué`,
  'audit.export': $localize`:audit action@@audit.auditExport:Journal d’audit téléchargé`,
  request: $localize`:audit action@@audit.request:Requête`,
  refusals: $localize`:audit action@@audit.refusals:Requêtes sans accès`,
};

export const OUTCOME_WORDS: Record<Outcome, string> = {
  asked: $localize`:audit outcome@@audit.asked:demandé`,
  done: $localize`:audit outcome@@audit.done:fait`,
  completed: $localize`:audit outcome@@audit.completed:mené à bout`,
  aborted: $localize`:audit outcome@@audit.aborted:interrompu`,
  refused: $localize`:audit outcome@@audit.refused:refusé`,
  failed: $localize`:audit outcome@@audit.failed:échoué`,
};

const NOBODY = $localize`:nobody whom we know@@audit.unknown:inconnu`;

/** Who did it, where no account is named. */
export const VIA_WORDS: Record<Via | 'nobody', string> = {
  nobody: NOBODY,
  session: NOBODY,
  token: NOBODY,
  link: NOBODY,
  machine: $localize`:who did it@@audit.machine:commande sur le serveur`,
  provider: $localize`:who did it@@audit.provider:fournisseur d’identité`,
};
