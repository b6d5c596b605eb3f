const FILE = 'application/octet-stream';
const JSON_TYPE = 'application/json';

/**
 * Whether a client asks for the file itself instead of the export: `Accept` names application/octet-stream, and wants
 * it more than JSON (RFC 9110 §12.5.1). A wildcard asks for nothing; named alike, JSON is what we answer by default.
 */
export function wantsFile(accept: string | undefined): boolean {
  const weights = new Map((accept ?? '').split(',').map(readRange));
  const file = weights.get(FILE) ?? 0;
  return file > 0 && file >= (weights.get('*/*') ?? 0) && file > (weights.get(JSON_TYPE) ?? 0);
}

function readRange(range: string): [type: string, weight: number] {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => /^q\s*=/.test(parameter))?.replace(/^q\s*=\s*/, '');
  if (weight === undefined) return [type, 1];
  return [type, /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0];
}
