import type { Export } from '../api/types';
import type { IconName } from '../../theme/icon-paths';

type Status = Export['status'];
type Stage = Export['stage'];

/** Word, icon and tone of each status: never a colour alone. */
export const STATUS_WORDS: Record<Status, { readonly word: string; readonly icon: IconName; readonly tone: string }> = {
  queued: { word: $localize`:export status@@status.queued:En attente`, icon: 'hourglass_empty', tone: 'quiet' },
  running: { word: $localize`:export status@@status.running:En cours`, icon: 'progress_activity', tone: 'active' },
  ready: { word: $localize`:export status@@status.ready:Prêt`, icon: 'check_circle', tone: 'good' },
  failed: { word: $localize`:export status@@status.failed:Échec`, icon: 'error', tone: 'bad' },
  cancelled: { word: $localize`:export status@@status.cancelled:Annulé`, icon: 'cancel', tone: 'quiet' },
  expired: { word: $localize`:export status@@status.expired:Expiré`, icon: 'event_busy', tone: 'quiet' },
  deleted: { word: $localize`:export status@@status.deleted:Supprimé`, icon: 'delete', tone: 'quiet' },
};

export const STAGE_WORDS: Record<Stage, string> = {
  waiting: $localize`:export stage@@stage.waiting:En attente`,
  preparing: $localize`:export stage@@stage.preparing:Préparation`,
  dumping: $localize`:export stage@@stage.dumping:Lecture des tables`,
  verifying: $localize`:export stage@@stage.verifying:Vérification`,
  storing: $localize`:export stage@@stage.storing:Enregistrement`,
  done: $localize`:export stage@@stage.done:Terminé`,
};

/** What a running export goes through, in order. */
export const RUN_STAGES = ['preparing', 'dumping', 'verifying', 'storing'] as const satisfies readonly Stage[];

export const ROLE_WORDS: Record<'SUPER_ADMIN' | 'OPS', string> = {
  SUPER_ADMIN: $localize`:role@@role.superAdmin:Super-administrateur`,
  OPS: $localize`:role@@role.ops:Exploitation`,
};

export const isActive = ({ status }: Export): boolean => status === 'queued' || status === 'running';

/** Final states never change, but for a file that is there no more. */
const AGE: Record<Status, number> = {
  queued: 0,
  running: 0,
  ready: 1,
  failed: 1,
  cancelled: 1,
  expired: 2,
  deleted: 2,
};

/** The later of two states of one export: the followed one is fresher, unless the other has gone on past its end. */
export function laterOf(followed: Export, listed: Export | undefined): Export {
  return listed !== undefined && AGE[listed.status] > AGE[followed.status] ? listed : followed;
}

/** How long it ran, in seconds; null when it never started or still runs. */
export function runSeconds({ startedAt, finishedAt }: Export): number | null {
  return startedAt === null || finishedAt === null ? null : (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}
