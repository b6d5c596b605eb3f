import { formatDate, formatNumber, formatPercent } from '@angular/common';
import { inject, LOCALE_ID, Service } from '@angular/core';

/** What a language calls units, after CLDR's short forms, and what stands between a number and its unit. */
interface UnitWords {
  readonly gap: string;
  readonly bytes: (value: number) => string;
  /** From a thousand bytes on, each a thousand times the one before. */
  readonly sizes: readonly string[];
  readonly second: string;
  readonly minute: string;
  readonly hour: string;
}

const ENGLISH: UnitWords = {
  gap: ' ',
  bytes: (value) => (value === 1 ? 'byte' : 'bytes'),
  sizes: ['kB', 'MB', 'GB', 'TB', 'PB'],
  second: 'sec',
  minute: 'min',
  hour: 'hr',
};
const FRENCH: UnitWords = {
  gap: '\u00a0',
  bytes: (value) => (value < 2 ? 'octet' : 'octets'),
  sizes: ['ko', 'Mo', 'Go', 'To', 'Po'],
  second: 's',
  minute: 'min',
  hour: 'h',
};

/**
 * Sizes, durations, dates and numbers as the reader's language writes them. An unknown one is a dash. By Angular's own
 * formats: the browser's first `Intl` object costs a phone a tenth of a second of standstill, so none is made for a first page.
 */
@Service()
export class Measures {
  private readonly locale = inject(LOCALE_ID);
  private plural: Intl.PluralRules | undefined;
  private readonly words = this.locale.startsWith('fr') ? FRENCH : ENGLISH;

  count(value: number | null | undefined): string {
    return value == null ? '–' : this.format(value, 0);
  }

  /** With its fraction. */
  number(value: number): string {
    return this.format(value, 3);
  }

  /** Whether the reader's language counts it as one thing: French does so with 0 too. For messages outside templates. */
  isOne(value: number): boolean {
    this.plural ??= new Intl.PluralRules(this.locale);
    return this.plural.select(value) === 'one';
  }

  /** @param value 0 to 100; rounded down, because 100 is said only when the file is ready */
  percent(value: number, fractionDigits = 1): string {
    const power = 10 ** fractionDigits;
    const floor = Math.floor(value * power) / power / 100;
    return formatPercent(floor, this.locale, `1.${String(fractionDigits)}-${String(fractionDigits)}`);
  }

  /** @param share signed, 0.5 for half as much again */
  change(share: number): string {
    return `${share < 0 ? '' : '+'}${formatPercent(share, this.locale, '1.0-0')}`;
  }

  /** Decimal units, as disks and networks are sold: 1 kB is 1000 bytes. */
  bytes(value: number | null | undefined): string {
    if (value == null) return '–';
    const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), this.words.sizes.length);
    const size = value / 1000 ** power;
    const unit = this.words.sizes[power - 1] ?? this.words.bytes(Math.round(value));
    return this.unit(unit, size, power === 0 || size >= 100 ? 0 : 1);
  }

  /** Two units at most: beyond hours nobody waits for seconds. */
  duration(seconds: number | null | undefined): string {
    if (seconds == null) return '–';
    const { hour, minute, second } = this.words;
    const total = Math.max(0, Math.round(seconds));
    const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    if (hours > 0) return `${this.unit(hour, hours)} ${this.unit(minute, minutes)}`;
    return minutes > 0 ? `${this.unit(minute, minutes)} ${this.unit(second, rest)}` : this.unit(second, rest);
  }

  instant(value: string | null | undefined): string {
    if (value == null) return '–';
    return [formatDate(value, 'mediumDate', this.locale), formatDate(value, 'shortTime', this.locale)].join(', ');
  }

  private unit(unit: string, value: number, fractionDigits = 0): string {
    return `${this.format(value, fractionDigits)}${this.words.gap}${unit}`;
  }

  private format(value: number, fractionDigits: number): string {
    return formatNumber(value, this.locale, `1.0-${String(fractionDigits)}`);
  }
}
