import { isUnreachable, RequestFailure } from '../api/request-failure';

const BY_CODE: Partial<Record<string, string>> = {
  invalid_credentials: $localize`:refused request@@problem.invalid_credentials:Adresse e-mail ou mot de passe incorrect.`,
  exports_disabled: $localize`:refused request@@problem.exports_disabled:Les exports sont désactivés pour le moment (EXPORTS_ENABLED).`,
  queue_full: $localize`:refused request@@problem.queue_full:Trop d’exports attendent déjà. Réessayez quand l’un d’eux sera terminé.`,
  not_cancellable: $localize`:refused request@@problem.not_cancellable:Cet export est déjà terminé : il n’y a plus rien à annuler.`,
  not_ready: $localize`:refused request@@problem.not_ready:Le fichier n’est pas encore prêt.`,
  gone: $localize`:refused request@@problem.gone:Le fichier n’existe plus : il a expiré ou a été supprimé.`,
  step_up_required: $localize`:refused request@@problem.step_up_required:Pour télécharger ce fichier, déconnectez-vous puis reconnectez-vous.`,
};

function waitWords(seconds: number | null): string {
  return seconds === null
    ? $localize`:refused request@@problem.tooMany:Trop d’essais. Patientez un moment avant de réessayer.`
    : $localize`:refused request@@problem.tooManyFor:Trop d’essais. Réessayez dans ${seconds}:seconds: s.`;
}

/** Why a request failed and what to do, in the reader's language. */
export function problemWords(failure: RequestFailure): string {
  const known = failure.code === null ? undefined : BY_CODE[failure.code];
  if (known !== undefined) return known;
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
