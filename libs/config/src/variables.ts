import { PASSWORD_LENGTH } from '#lib/domain';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** One variable: what it should be (said when it is wrong, without the value), how it reads, what it is when unset. */
export function variable<T>(shouldBe: string, read: (text: string) => T | undefined, unset: T) {
  return z
    .string()
    .optional()
    .transform((text, context): T => {
      const trimmed = text?.trim() ?? '';
      if (trimmed === '') return unset;
      const value = read(trimmed);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: shouldBe });
      return z.NEVER;
    });
}

export function integer(min: number, max: number, unit: string, unset: number) {
  const shouldBe = `must be a whole number of ${unit} from ${String(min)} to ${String(max)}`;
  return variable(shouldBe, (text) => readInteger(text, min, max), unset);
}

/** Off when it is unset. */
export function optionalInteger(min: number, max: number, unit: string) {
  const shouldBe = `must be a whole number of ${unit} from ${String(min)} to ${String(max)}, or unset`;
  return variable<number | null>(shouldBe, (text) => readInteger(text, min, max), null);
}

function readInteger(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}

export function flag(unset: boolean) {
  return variable('must be true or false', (text) => ({ true: true, false: false })[text.toLowerCase()], unset);
}

export function text(unset: string) {
  return variable('must be text', (value) => value, unset);
}

export function optionalText() {
  return variable<string | null>('must be text', (value) => value, null);
}

export function optionalUrl(isRight: (value: string) => boolean, example: string) {
  return variable<string | null>(
    `must be a URL such as ${example}`,
    (value) => (isRight(value) ? value : undefined),
    null,
  );
}

/** A `file://` URL, read as the path of its folder. */
export function optionalFolderUrl(example: string) {
  return variable<string | null>(`must be a URL such as ${example}`, readFolder, null);
}

function readFolder(value: string): string | undefined {
  if (!value.startsWith('file:///') || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  try {
    return url.search === '' && url.hash === '' ? fileURLToPath(url) : undefined;
  } catch {
    return undefined;
  }
}

export function list<T>(shouldBe: string, readItem: (item: string) => T | undefined) {
  return variable<T[]>(
    shouldBe,
    (value) => {
      const items = value
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '')
        .map(readItem);
      return items.some((item) => item === undefined) ? undefined : (items as T[]);
    },
    [],
  );
}

/** Taken to the letter. */
export function secret() {
  return z
    .string()
    .optional()
    .transform((text) => (text === undefined || text === '' ? null : text));
}

/** Taken to the letter: a password may begin or end with a space. As long as the API asks of every other. */
export function password() {
  const { least, most } = PASSWORD_LENGTH;
  return z
    .string()
    .optional()
    .transform((text, context) => {
      if (text === undefined || text === '') return null;
      if (text.length >= least && text.length <= most) return text;
      context.addIssue({ code: 'custom', message: `must have ${String(least)} to ${String(most)} characters` });
      return z.NEVER;
    });
}
