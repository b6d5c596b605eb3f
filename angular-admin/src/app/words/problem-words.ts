import { isUnreachable, RequestFailure } from '../api/request-failure';
import type { Problem } from '../api/types';

type Words = string | ((failure: RequestFailure) => string);

/** What is wrong with a request is said by the API alone, in its own words. */
const byApi = ({ detail }: RequestFailure): string =>
  $localize`:refused request@@problem.refused:Le serveur refuse cette demande : ${detail ?? '–'}:detail:`;

const tooMany = ({ retryAfterSeconds: seconds }: RequestFailure): string =>
  seconds === null
    ? $localize`:refused request@@problem.tooMany:Trop d’essais. Patientez un moment avant de réessayer.`
    : $localize`:refused request@@problem.tooManyFor:Trop d’essais. Réessayez dans ${seconds}:seconds: s.`;

const SIGNED_OUT = $localize`:refused request@@problem.signedOut:La session est terminée. Reconnectez-vous.`;
const FORBIDDEN = $localize`:refused request@@problem.forbidden:Votre rôle ne permet pas cette action.`;
const NOT_FOUND = $localize`:refused request@@problem.notFound:Introuvable : cela n’existe pas ou plus. Rechargez la page.`;
const UNREACHABLE = $localize`:refused request@@problem.unreachable:Le serveur ne répond pas. Vérifiez la connexion, puis réessayez.`;
const OTHER = $localize`:refused request@@problem.other:Le serveur n’a pas pu traiter la demande. Réessayez ; si cela se répète, transmettez la référence.`;

/** Every code that the API refuses with: one that it gains does not compile until it has words here. */
const REFUSALS: Record<Problem['code'], Words> = {
  invalid_request: byApi,
  invalid_options: byApi,
  unknown_table: byApi,
  unknown_database: byApi,
  invalid_credentials: $localize`:refused request@@problem.invalid_credentials:Adresse e-mail ou mot de passe incorrect.`,
  totp_required: $localize`:refused request@@problem.totp_required:Saisissez le code de votre application d’authentification.`,
  totp_enrolment_required: $localize`:refused request@@problem.totp_enrolment_required:Mettez d’abord en place un second facteur.`,
  totp_already_on: $localize`:refused request@@problem.totp_already_on:Un second facteur est déjà actif.`,
  totp_not_begun: $localize`:refused request@@problem.totp_not_begun:La mise en place a expiré : recommencez.`,
  no_password: $localize`:refused request@@problem.no_password:Ce compte n’a pas de mot de passe ici : passez par le fournisseur d’identité.`,
  unauthenticated: SIGNED_OUT,
  forbidden: FORBIDDEN,
  step_up_required: $localize`:refused request@@problem.step_up_required:Cette action demande de confirmer que c’est vous.`,
  another_account: $localize`:refused request@@problem.another_account:C’est un autre compte que celui de la page. Réessayez avec le vôtre, ou reconnectez-vous.`,
  too_many_attempts: tooMany,
  email_taken: $localize`:refused request@@problem.email_taken:Un compte porte déjà cette adresse e-mail.`,
  last_super_admin: $localize`:refused request@@problem.last_super_admin:Il faut garder au moins un super-administrateur actif.`,
  identity_provider_unavailable: $localize`:refused request@@problem.identity_provider_unavailable:Le fournisseur d’identité ne répond pas. Réessayez dans un moment.`,
  not_found: NOT_FOUND,
  not_deletable: $localize`:refused request@@problem.not_deletable:Cet export est encore en cours : annulez-le d’abord.`,
  not_cancellable: $localize`:refused request@@problem.not_cancellable:Cet export est déjà terminé : il n’y a plus rien à annuler.`,
  not_ready: $localize`:refused request@@problem.not_ready:Le fichier n’est pas encore prêt.`,
  gone: $localize`:refused request@@problem.gone:Le fichier n’existe plus : il a expiré ou a été supprimé.`,
  link_invalid: $localize`:refused request@@problem.link_invalid:Ce lien de téléchargement n’est plus valable. Relancez le téléchargement depuis l’historique.`,
  queue_full: $localize`:refused request@@problem.queue_full:Trop d’exports attendent déjà. Réessayez quand l’un d’eux sera terminé.`,
  exports_disabled: $localize`:refused request@@problem.exports_disabled:Les exports sont désactivés pour le moment (EXPORTS_ENABLED).`,
  idempotency_conflict: $localize`:refused request@@problem.idempotency_conflict:Cette demande a déjà été envoyée avec d’autres options. Rechargez la page, puis recommencez.`,
  verify_unavailable: $localize`:refused request@@problem.verify_unavailable:Aucun worker n’a de serveur PostgreSQL de la bonne version pour restaurer et comparer. Choisissez de relire l’archive, ou installez ce serveur auprès des workers.`,
  source_unavailable: $localize`:refused request@@problem.source_unavailable:La base de données à exporter ne répond pas ou refuse la connexion. Vérifiez-la, puis réessayez.`,
  storage_unavailable: $localize`:refused request@@problem.storage_unavailable:Le stockage des fichiers ne répond pas. Réessayez ; si cela dure, prévenez l’équipe technique.`,
  database_unavailable: $localize`:refused request@@problem.database_unavailable:pg-export n’atteint pas sa propre base de données. Réessayez dans un moment ; si cela dure, prévenez l’équipe technique.`,
  shutting_down: $localize`:refused request@@problem.shutting_down:Le serveur redémarre. Réessayez dans un instant.`,
  export_failed: $localize`:refused request@@problem.export_failed:L’export a échoué : l’historique dit pourquoi.`,
  export_cancelled: $localize`:refused request@@problem.export_cancelled:L’export a été annulé.`,
  payload_too_large: $localize`:refused request@@problem.payload_too_large:Cette demande est trop grande : choisissez moins de tables.`,
  request_timeout: $localize`:refused request@@problem.request_timeout:La demande est arrivée trop lentement. Vérifiez la connexion, puis réessayez.`,
  // Nothing that the panel sends is meant to be refused so.
  expectation_failed: OTHER,
  headers_too_large: OTHER,
  method_not_allowed: OTHER,
  range_not_satisfiable: OTHER,
  internal: OTHER,
};

/** What the panel itself makes of an answer, because it knows what was asked. */
const ASKED_FOR: Record<
  'wrong_password' | 'wrong_code' | 'provider_no_role' | 'provider_failed' | 'signed_in_as_another',
  Words
> = {
  wrong_password: $localize`:refused request@@problem.wrong_password:Mot de passe ou code incorrect.`,
  wrong_code: $localize`:refused request@@problem.wrong_code:Ce code n’est pas valable. Vérifiez aussi l’heure du téléphone.`,
  provider_no_role: $localize`:refused request@@problem.provider_no_role:Le fournisseur d’identité vous a reconnu, mais ne vous donne aucun rôle ici.`,
  provider_failed: $localize`:refused request@@problem.provider_failed:Le fournisseur d’identité ne vous a pas connecté. Réessayez.`,
  signed_in_as_another: $localize`:refused request@@problem.signed_in_as_another:Un autre compte s’est connecté entre-temps dans ce navigateur. Reconnectez-vous avec le vôtre.`,
};

const BY_CODE: Partial<Record<string, Words>> = { ...REFUSALS, ...ASKED_FOR };
export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly Problem['code'][];

/** What an answer says that is not the API's own: a proxy's, or of a newer server. */
function wordsOfStatus(failure: RequestFailure): Words {
  switch (failure.status) {
    case 401:
      return SIGNED_OUT;
    case 403:
      return FORBIDDEN;
    case 404:
      return NOT_FOUND;
    case 429:
      return tooMany;
    default:
      return isUnreachable(failure) ? UNREACHABLE : OTHER;
  }
}

/** Why a request failed and what to do, in the reader's language. */
export function problemWords(failure: RequestFailure): string {
  const { code } = failure;
  const known = code !== null && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  const words = known ?? wordsOfStatus(failure);
  return typeof words === 'string' ? words : words(failure);
}
