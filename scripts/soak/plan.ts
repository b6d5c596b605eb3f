import { Chance } from './chance.ts';

export type Backend = 'postgres' | 'redis';

/** What may break: how often compared to the others, for how many seconds, and what it breaks: one thing at a time. */
interface FaultKind {
  weight: number;
  seconds: readonly [number, number];
  on?: Backend;
}

export const FAULTS = {
  'worker killed': { weight: 5, seconds: [1, 4] },
  'worker frozen': { weight: 4, seconds: [3, 45] },
  'worker told to leave': { weight: 3, seconds: [0, 2] },
  'API killed': { weight: 3, seconds: [1, 4] },
  'API frozen': { weight: 1, seconds: [2, 15] },
  'API told to leave': { weight: 2, seconds: [0, 2] },
  'queue emptied': { weight: 3, seconds: [0, 0] },
  'queue killed': { weight: 2, seconds: [1, 20], on: 'redis' },
  'queue silent': { weight: 2, seconds: [5, 45], on: 'redis' },
  'own database restarted': { weight: 2, seconds: [0, 4] },
  'own database away': { weight: 1, seconds: [5, 40] },
  'source restarted': { weight: 2, seconds: [0, 4] },
  'table locked': { weight: 2, seconds: [3, 15] },
  'pg_dump killed': { weight: 3, seconds: [0, 0] },
  'work disk full': { weight: 1, seconds: [2, 8] },
  'store full': { weight: 1, seconds: [2, 8] },
} as const satisfies Record<string, FaultKind>;
export type FaultName = keyof typeof FAULTS;

export interface PlannedFault {
  /** Since the beginning. */
  atSeconds: number;
  name: FaultName;
  seconds: number;
  /** Which of several workers or APIs: a share of their number, from 0 up to 1. */
  target: number;
}

export const DATABASES = ['main', 'nasty', 'noise'] as const;

export interface PlannedRequest {
  atSeconds: number;
  /** Which API is asked first. */
  api: number;
  body: Record<string, unknown> & { database: (typeof DATABASES)[number] };
  /** The file is for a recipient who is made up at run time. */
  isEncrypted: boolean;
  then: { act: 'keep' | 'cancel' | 'delete' | 'download'; afterSeconds: number };
}

export interface Plan {
  faults: PlannedFault[];
  requests: PlannedRequest[];
}

const FAULT_PAUSE = [3, 12] as const;
const REQUEST_PAUSE = [0.5, 8] as const;
/** The first exports are under way before the first fault. */
const FIRST_FAULT_SECONDS = 8;

/** The same seed, time and backend give the same plan. */
export function makePlan(seed: number, minutes: number, backend: Backend): Plan {
  const end = minutes * 60;
  // Two streams, so that a change of one half leaves the other as it was.
  return {
    faults: planFaults(new Chance(seed), end, backend),
    requests: planRequests(new Chance(seed ^ 0x5eed), end),
  };
}

function planFaults(chance: Chance, end: number, backend: Backend): PlannedFault[] {
  const kinds = Object.entries(FAULTS) as [FaultName, FaultKind][];
  const weighted = kinds
    .filter(([, { on }]) => on === undefined || on === backend)
    .map(([name, { weight }]) => [name, weight] as const);
  const faults: PlannedFault[] = [];
  for (let at = FIRST_FAULT_SECONDS; at < end; at += chance.between(...FAULT_PAUSE)) {
    const name = chance.pick(weighted);
    const [least, most] = FAULTS[name].seconds;
    faults.push({ atSeconds: at, name, seconds: chance.between(least, most), target: chance.next() });
  }
  return faults;
}

function planRequests(chance: Chance, end: number): PlannedRequest[] {
  const requests: PlannedRequest[] = [];
  for (let at = 0; at < end; at += chance.between(...REQUEST_PAUSE)) {
    const act = chance.pick([
      ['keep', 6],
      ['download', 2],
      ['cancel', 1.5],
      ['delete', 1],
    ] as const);
    requests.push({
      atSeconds: at,
      api: Math.floor(chance.between(0, 2)),
      ...planOptions(chance),
      then: { act, afterSeconds: chance.between(0, 12) },
    });
  }
  return requests;
}

function planOptions(chance: Chance): Pick<PlannedRequest, 'body' | 'isEncrypted'> {
  const database = chance.pick([
    ['main', 4],
    ['nasty', 2],
    ['noise', 5],
  ] as const);
  const compression = chance.pick([
    ['zstd', 6],
    ['gzip', 2],
    ['none', 2],
  ] as const);
  const common = {
    database,
    compression,
    noOwner: chance.next() < 0.7,
    content: chance.next() < 0.9 ? 'all' : 'schema',
  };
  if (chance.next() < 0.25) {
    const jobs = Math.floor(chance.between(1, 4));
    return {
      body: { ...common, format: 'directory', jobs, verify: chance.next() < 0.15 ? 'restore' : 'archive' },
      isEncrypted: false,
    };
  }
  // Most of those that have many bytes take their time, or no fault would meet them.
  const isGentle = database !== 'nasty' && chance.next() < 0.8;
  const maxBytesPerSecond = isGentle ? { maxBytesPerSecond: Math.floor(chance.between(10e5, 30e5)) } : {};
  const isEncrypted = chance.next() < 0.15;
  const verify = !isEncrypted && chance.next() < 0.15 ? 'restore' : 'archive';
  return { body: { ...common, format: 'custom', verify, ...maxBytesPerSecond }, isEncrypted };
}
