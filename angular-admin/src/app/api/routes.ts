/** The API answers on the panel's own origin, outside the language's base path. */
const API = '/api/v1';

export const SIGN_IN_URL = `${API}/auth/login`;
export const METHODS_URL = `${API}/auth/methods`;
export const RENEW_URL = `${API}/auth/refresh`;
export const STEP_UP_URL = `${API}/auth/step-up`;
export const ME_URL = `${API}/auth/me`;
export const SIGN_OUT_URL = `${API}/auth/logout`;
export const DATABASES_URL = `${API}/admin/db/databases`;
export const EXPORTS_URL = `${API}/admin/db/export`;

export const ESTIMATE_URL = `${EXPORTS_URL}/estimate`;
export const SESSIONS_URL = `${API}/auth/sessions`;
export const PASSWORD_URL = `${API}/auth/password`;
export const AUDIT_URL = `${API}/admin/audit`;
export const TOTP_URL = `${API}/auth/totp`;
export const TOTP_CONFIRM_URL = `${TOTP_URL}/confirm`;
export const TOKENS_URL = `${API}/admin/tokens`;
export const USERS_URL = `${API}/admin/users`;

export const catalogUrl = (database: string): string => `${DATABASES_URL}/${encodeURIComponent(database)}/tables`;
export const sessionUrl = (id: string): string => `${SESSIONS_URL}/${encodeURIComponent(id)}`;
export const tokenUrl = (id: string): string => `${TOKENS_URL}/${encodeURIComponent(id)}`;
export const userUrl = (id: string): string => `${USERS_URL}/${encodeURIComponent(id)}`;
export const resetPasswordUrl = (userId: string): string => `${userUrl(userId)}/reset-password`;
export const resetTotpUrl = (userId: string): string => `${userUrl(userId)}/reset-totp`;
export const exportUrl = (id: string): string => `${EXPORTS_URL}/${encodeURIComponent(id)}`;
export const cancelUrl = (id: string): string => `${exportUrl(id)}/cancel`;
export const downloadLinkUrl = (id: string): string => `${exportUrl(id)}/download-link`;
export const exportTablesUrl = (id: string): string => `${exportUrl(id)}/tables`;
