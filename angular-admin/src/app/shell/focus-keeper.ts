import { afterEveryRender, Directive, DOCUMENT, ElementRef, inject } from '@angular/core';

/**
 * When what has the focus is taken away (a button after its work is done, a row with what it was about), the focus goes
 * to the heading of its place, and not to nowhere: whoever uses the keyboard or listens stays there. Of places within
 * each other it is the innermost that is left.
 */
@Directive({ selector: '[appFocusKeeper]', host: { '(focusin)': 'hold($event)', '(focusout)': 'release($event)' } })
export class FocusKeeper {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly document = inject(DOCUMENT);
  /** Which place each focus is in; the innermost hears of it first. */
  private static readonly places = new WeakMap<Event, HTMLElement>();
  private held: Node | null = null;
  /** The innermost place of what is held. */
  private place = this.host;

  constructor() {
    afterEveryRender(() => {
      this.look();
    });
  }

  protected hold(event: FocusEvent): void {
    this.held = event.target as Node | null;
    this.place = FocusKeeper.places.get(event) ?? this.host;
    FocusKeeper.places.set(event, this.place);
  }

  /** Who clicks into plain text, or goes on to another place, has left by their own will; a dialog gives the focus back. */
  protected release({ target, relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Element) {
      if (!this.host.contains(relatedTarget) && !relatedTarget.closest('.cdk-overlay-container')) this.held = null;
      return;
    }
    // Some browsers say so also right before they take the element away, and when the window is left.
    queueMicrotask(() => {
      const left = this.held === target && this.held?.isConnected === true;
      if (left && this.document.activeElement === this.document.body) this.held = null;
    });
  }

  private look(): void {
    if (this.held === null || this.held.isConnected) return;
    const { activeElement, body } = this.document;
    // The dialog that asked gives the focus back when it is closed, to something that is gone.
    if (activeElement?.closest('.cdk-overlay-container')) return;
    this.held = null;
    if (activeElement !== null && activeElement !== body) return;
    if (this.place !== this.host && this.place.isConnected) return;
    const heading = this.host.querySelector<HTMLElement>('h1, h2, h3') ?? this.host;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  }
}
