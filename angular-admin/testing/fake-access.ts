/** The part of the fake API that is about people: accounts, tokens, second factors, stepping up. */
import type { ServerResponse } from 'node:http';
import { auditTrail, noSecondFactor, ownSessions, RECOVERY_CODES, TOTP_SECRET } from './example-access.ts';
import { ADMIN, type Fields, minutesAgo } from './example-data.ts';
import { json, problem } from './fake-answers.ts';

export interface AccessScript {
  accounts: Fields[];
  tokens: Fields[];
  totp: Fields;
  /** Whether sensitive acts ask for the password first. */
  steppedUp: boolean;
}

/** What a sensitive act answers before the password was given again. */
const SENSITIVE = /^(POST|PATCH|DELETE) \/(admin\/(tokens|users)|auth\/(totp|password))/;

/** Answers what is about access; false: it is about something else. */
export function answerAccess(play: AccessScript, response: ServerResponse, route: string, body: Fields): boolean {
  if (route === 'POST /auth/step-up') {
    if (body['password'] === 'wrong') problem(response, 401, 'invalid_credentials');
    else {
      play.steppedUp = true;
      json(response, 204, undefined);
    }
    return true;
  }
  if (!play.steppedUp && SENSITIVE.test(route)) {
    problem(response, 403, 'step_up_required');
    return true;
  }
  if (route === 'GET /admin/audit') {
    json(response, 200, { items: auditTrail(), nextCursor: '3' });
    return true;
  }
  if (route === 'GET /auth/sessions') {
    json(response, 200, ownSessions());
    return true;
  }
  if (route === 'POST /auth/password') {
    json(response, 204, undefined);
    return true;
  }
  return (
    answerTokens(play, response, route, body) ||
    answerUsers(play, response, route, body) ||
    answerTotp(play, response, route)
  );
}

function answerTokens(play: AccessScript, response: ServerResponse, route: string, body: Fields): boolean {
  if (route === 'GET /admin/tokens') json(response, 200, play.tokens);
  else if (route === 'POST /admin/tokens') {
    const made = {
      id: `0199b7c2-3333-7000-8000-0000000001${String(play.tokens.length).padStart(2, '0')}`,
      allowedCidrs: null,
      expiresAt: null,
      lastUsedAt: null,
      createdAt: minutesAgo(0),
      createdBy: { id: ADMIN.id, email: ADMIN.email },
      ...body,
    };
    play.tokens.unshift(made);
    json(response, 201, { ...made, token: 'pgx_5vVqk1cXWq0cJc2b7pTn0mH3yRZ8uL6eAoFdGsKiQx4' });
  } else if (route.startsWith('DELETE /admin/tokens/')) {
    play.tokens = play.tokens.filter(({ id }) => !route.endsWith(String(id)));
    json(response, 204, undefined);
  } else return false;
  return true;
}

function answerUsers(play: AccessScript, response: ServerResponse, route: string, body: Fields): boolean {
  const [, id, act] = /^\w+ \/admin\/users\/([^/]+)(?:\/(.+))?$/.exec(route) ?? [];
  const account = play.accounts.find((one) => one['id'] === id);
  if (route === 'GET /admin/users') json(response, 200, play.accounts);
  else if (route === 'POST /admin/users') {
    const made = { id: 'new', email: body['email'], role: body['role'], disabled: false };
    play.accounts.push(made);
    json(response, 201, made);
  } else if (account !== undefined && act === undefined) json(response, 200, Object.assign(account, body));
  else if (account !== undefined) json(response, 204, undefined);
  else return false;
  return true;
}

function answerTotp(play: AccessScript, response: ServerResponse, route: string): boolean {
  switch (route) {
    case 'GET /auth/totp':
      json(response, 200, play.totp);
      return true;
    case 'POST /auth/totp':
      json(response, 201, TOTP_SECRET);
      return true;
    case 'POST /auth/totp/confirm':
      play.totp = { enabled: true, since: minutesAgo(0), recoveryCodesLeft: 8, required: false };
      json(response, 200, RECOVERY_CODES);
      return true;
    case 'DELETE /auth/totp':
      play.totp = noSecondFactor;
      json(response, 204, undefined);
      return true;
    default:
      return false;
  }
}
