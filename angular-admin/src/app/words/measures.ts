import { inject, LOCALE_ID, Service } from '@angular/core';

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
type Unit = (typeof SIZES)[number] | 'second' | 'minute' | 'hour' | 'day';

/** Sizes, durations, dates and numbers as the reader's language writes them. An unknown one is a dash. */
@Service()
export class Measures {
  private readonly locale = inject(LOCALE_ID);
  /** Each takes a phone some ten milliseconds to make: made when it is first needed, and kept. */
  private readonly numbers = new Map<string, Intl.NumberFormat>();
  private plural: Intl.PluralRules | undefined;
  private moment: Intl.DateTimeFormat | undefined;

  count(value: number | null | undefined): string {
    return value == null ? '–' : this.format(value, { maximumFractionDigits: 0 });
  }

  /** With its fraction. */
  number(value: number): string {
    return this.format(value, {});
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
    return this.format(floor, {
      style: 'percent',
      minimumFractionDigits: fractionDigits,
      maximumFractionDigits: fractionDigits,
    });
  }

  /** @param share signed, 0.5 for half as much again */
  change(share: number): string {
    return this.format(share, { style: 'percent', signDisplay: 'always', maximumFractionDigits: 0 });
  }

  /** Decimal units, as disks and networks are sold: 1 kB is 1000 bytes. */
  bytes(value: number | null | undefined): string {
    if (value == null) return '–';
    const power = Math.min(Math.floor(Math.log10(Math.max(value, 1)) / 3), SIZES.length - 1);
    const size = value / 1000 ** power;
    return this.unit(SIZES[power] ?? 'byte', size, power === 0 || size >= 100 ? 0 : 1);
  }

  /** Two units at most: beyond hours nobody waits for seconds. */
  duration(seconds: number | null | undefined): string {
    if (seconds == null) return '–';
    const total = Math.max(0, Math.round(seconds));
    const [hours, minutes, rest] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    if (hours > 0) return `${this.unit('hour', hours)} ${this.unit('minute', minutes)}`;
    return minutes > 0 ? `${this.unit('minute', minutes)} ${this.unit('second', rest)}` : this.unit('second', rest);
  }

  instant(value: string | null | undefined): string {
    if (value == null) return '–';
    this.moment ??= new Intl.DateTimeFormat(this.locale, { dateStyle: 'medium', timeStyle: 'short' });
    return this.moment.format(new Date(value));
  }

  private unit(unit: Unit, value: number, fractionDigits = 0): string {
    // English has no short form of "byte" in CLDR and would print "812 byte".
    const unitDisplay = unit === 'byte' ? 'long' : 'short';
    return this.format(value, { style: 'unit', unit, unitDisplay, maximumFractionDigits: fractionDigits });
  }

  private format(value: number, how: Intl.NumberFormatOptions): string {
    const key = JSON.stringify(how);
    const format = this.numbers.get(key) ?? new Intl.NumberFormat(this.locale, how);
    this.numbers.set(key, format);
    return format.format(value);
  }
}
