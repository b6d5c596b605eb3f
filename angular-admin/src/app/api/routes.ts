/** The API answers on the panel's own origin, outside the language's base path. */
const API = '/api/v1';

export const SIGN_IN_URL = `${API}/auth/login`;
export const RENEW_URL = `${API}/auth/refresh`;
export const SIGN_OUT_URL = `${API}/auth/logout`;
export const DATABASES_URL = `${API}/admin/db/databases`;
export const EXPORTS_URL = `${API}/admin/db/export`;

export const exportUrl = (id: string): string => `${EXPORTS_URL}/${encodeURIComponent(id)}`;
export const cancelUrl = (id: string): string => `${exportUrl(id)}/cancel`;
export const downloadLinkUrl = (id: string): string => `${exportUrl(id)}/download-link`;
