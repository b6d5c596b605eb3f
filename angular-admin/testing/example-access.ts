/** The facts of the fake API about people, tokens and second factors. */
import { ADMIN, type Fields, minutesAgo, OPS } from './example-data.ts';

export const accounts = (): Fields[] => [
  { ...ADMIN, disabled: false },
  { ...OPS, disabled: false },
  {
    id: '0199b7c2-0000-7000-8000-000000000003',
    email: 'marie.dupont-lefebvre@example.org',
    role: 'OPS',
    disabled: true,
  },
];

export const tokens = (): Fields[] => [
  {
    id: '0199b7c2-3333-7000-8000-000000000001',
    name: 'sauvegarde de nuit',
    scopes: ['exports:read', 'exports:create', 'exports:download'],
    allowedCidrs: ['10.1.0.0/16'],
    createdAt: minutesAgo(40_000),
    createdBy: { id: ADMIN.id, email: ADMIN.email },
    expiresAt: minutesAgo(-80_000),
    lastUsedAt: minutesAgo(610),
  },
  {
    id: '0199b7c2-3333-7000-8000-000000000002',
    name: 'prometheus',
    scopes: ['metrics:read'],
    allowedCidrs: null,
    createdAt: minutesAgo(90_000),
    createdBy: { id: ADMIN.id, email: ADMIN.email },
    expiresAt: null,
    lastUsedAt: null,
  },
];

export const noSecondFactor: Fields = { enabled: false, since: null, recoveryCodesLeft: 0, required: false };
export const secondFactor = (): Fields => ({
  enabled: true,
  since: minutesAgo(50_000),
  recoveryCodesLeft: 8,
  required: false,
});

export const TOTP_SECRET: Fields = {
  secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  otpauthUrl:
    'otpauth://totp/pg-export:admin%40localhost?issuer=pg-export&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&digits=6&period=30',
};

export const RECOVERY_CODES: Fields = {
  recoveryCodes: [
    '7k2m-9xqd',
    'p4vt-c8zn',
    'h6wr-3jfy',
    'b9sd-m5ke',
    'x2gq-t7vp',
    'n8zc-4rhw',
    'f3yj-k6mb',
    'd5tx-w9qs',
  ],
};

const act = (seq: number, action: string, outcome: string, fields: Fields = {}): Fields => ({
  seq,
  at: minutesAgo(100 - seq),
  action,
  outcome,
  actor: { userId: ADMIN.id, email: ADMIN.email, via: 'session', credentialId: 'session-1' },
  address: '10.0.0.7',
  correlationId: null,
  target: null,
  details: {},
  hash: 'ff',
  ...fields,
});

export const auditTrail = (): Fields[] => [
  act(7, 'download', 'completed', { target: '0199b7c2-1111-7000-8000-000000000004' }),
  act(6, 'export', 'done', { target: '0199b7c2-1111-7000-8000-000000000004' }),
  act(5, 'export', 'asked'),
  act(4, 'login', 'done'),
  act(3, 'refusals', 'refused', { actor: null, address: '203.0.113.9' }),
];

export const ownSessions = (): Fields[] => [
  { id: 's-1', current: true, createdAt: minutesAgo(30), refreshedAt: minutesAgo(2), expiresAt: minutesAgo(-1_000) },
  { id: 's-2', current: false, createdAt: minutesAgo(900), refreshedAt: minutesAgo(700), expiresAt: minutesAgo(-900) },
];
