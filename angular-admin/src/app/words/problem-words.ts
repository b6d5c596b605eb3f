import { isUnreachable, RequestFailure } from '../api/request-failure';

const BY_CODE: Partial<Record<string, string>> = {
  invalid_credentials: $localize`:refused request@@problem.invalid_credentials:Adresse e-mail ou mot de passe incorrect.`,
  exports_disabled: $localize`:refused request@@problem.exports_disabled:Les exports sont désactivés pour le moment (EXPORTS_ENABLED).`,
  email_taken: $localize`:refused request@@problem.email_taken:Un compte porte déjà cette adresse e-mail.`,
  last_super_admin: $localize`:refused request@@problem.last_super_admin:Il faut garder au moins un super-administrateur actif.`,
  totp_required: $localize`:refused request@@problem.totp_required:Saisissez le code de votre application d’authentification.`,
  totp_enrolment_required: $localize`:refused request@@problem.totp_enrolment_required:Mettez d’abord en place un second facteur.`,
  wrong_password: $localize`:refused request@@problem.wrong_password:Mot de passe ou code incorrect.`,
  wrong_code: $localize`:refused request@@problem.wrong_code:Ce code n’est pas valable. Vérifiez aussi l’heure du téléphone.`,
  not_deletable: $localize`:refused request@@problem.not_deletable:Cet export est encore en cours : annulez-le d’abord.`,
  totp_already_on: $localize`:refused request@@problem.totp_already_on:Un second facteur est déjà actif.`,
  totp_not_begun: $localize`:refused request@@problem.totp_not_begun:La mise en place a expiré : recommencez.`,
  provider_no_role: $localize`:refused request@@problem.provider_no_role:Le fournisseur d’identité vous a reconnu, mais ne vous donne aucun rôle ici.`,
  provider_failed: $localize`:refused request@@problem.provider_failed:Le fournisseur d’identité ne vous a pas connecté. Réessayez.`,
  queue_full: $localize`:refused request@@problem.queue_full:Trop d’exports attendent déjà. Réessayez quand l’un d’eux sera terminé.`,
  not_cancellable: $localize`:refused request@@problem.not_cancellable:Cet export est déjà terminé : il n’y a plus rien à annuler.`,
  not_ready: $localize`:refused request@@problem.not_ready:Le fichier n’est pas encore prêt.`,
  gone: $localize`:refused request@@problem.gone:Le fichier n’existe plus : il a expiré ou a été supprimé.`,
  step_up_required: $localize`:refused request@@problem.step_up_required:Cette action demande de confirmer votre mot de passe.`,
};

function waitWords(seconds: number | null): string {
  return seconds === null
    ? $localize`:refused request@@problem.tooMany:Trop d’essais. Patientez un moment avant de réessayer.`
    : $localize`:refused request@@problem.tooManyFor:Trop d’essais. Réessayez dans ${seconds}:seconds: s.`;
}

/** What is wrong with a request is said by the API alone, in its own words. */
const TOLD_BY_API = ['invalid_request', 'invalid_options', 'unknown_table', 'unknown_database'];

/** Why a request failed and what to do, in the reader's language. */
export function problemWords(failure: RequestFailure): string {
  const known = failure.code === null ? undefined : BY_CODE[failure.code];
  if (known !== undefined) return known;
  if (failure.detail !== null && TOLD_BY_API.includes(failure.code ?? '')) {
    return $localize`:refused request@@problem.refused:Le serveur refuse cette demande : ${failure.detail}:detail:`;
  }
  if (isUnreachable(failure)) {
    return $localize`:refused request@@problem.unreachable:Le serveur ne répond pas. Vérifiez la connexion, puis réessayez.`;
  }
  switch (failure.status) {
    case 401:
      return $localize`:refused request@@problem.signedOut:La session est terminée. Reconnectez-vous.`;
    case 403:
      return $localize`:refused request@@problem.forbidden:Votre rôle ne permet pas cette action.`;
    case 404:
      return $localize`:refused request@@problem.notFound:Cet export n’existe pas ou plus.`;
    case 429:
      return waitWords(failure.retryAfterSeconds);
    default:
      return $localize`:refused request@@problem.other:Le serveur n’a pas pu traiter la demande. Réessayez ; si cela se répète, transmettez la référence.`;
  }
}
