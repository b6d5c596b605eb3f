import { DOCUMENT, effect, inject, Service, signal } from '@angular/core';

const RADIUS = 12;
const AROUND = 2 * Math.PI * RADIUS;

/** A ring that is full as far as the export is. The colours are the favicon's own: a tab knows no theme of the page. */
function ring(percent: number): string {
  const full = (Math.min(Math.max(percent, 0), 100) / 100) * AROUND;
  const circle = `<circle cx="16" cy="16" r="${String(RADIUS)}" fill="none" stroke-width="7"`;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">' +
    `${circle} stroke="#9aa7b8"/>` +
    `${circle} stroke="#005cbb" stroke-dasharray="${full.toFixed(1)} ${AROUND.toFixed(1)}" ` +
    'transform="rotate(-90 16 16)"/></svg>'
  );
}

/** The tab's icon: the running export's progress while there is one. */
@Service()
export class TabIcon {
  private readonly link = inject(DOCUMENT).querySelector<HTMLLinkElement>('link[rel=icon]');
  private readonly usual = this.link?.getAttribute('href') ?? '';
  /** 0 to 100; null: nothing runs. */
  readonly progress = signal<number | null>(null);

  constructor() {
    effect(() => {
      const percent = this.progress();
      const whole = percent === null ? null : Math.floor(percent);
      const icon = whole === null ? this.usual : `data:image/svg+xml,${encodeURIComponent(ring(whole))}`;
      this.link?.setAttribute('href', icon);
    });
  }
}
