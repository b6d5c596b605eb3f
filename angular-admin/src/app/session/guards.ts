import { inject } from '@angular/core';
import { CanActivateFn, RedirectCommand, Router, UrlTree } from '@angular/router';
import { Session } from './session';

/** The sign-in page, which leads back to where the person was. */
export function signInAddress(router: Router, back: string = router.url): UrlTree {
  const already = back.startsWith('/sign-in');
  return already ? router.parseUrl(back) : router.createUrlTree(['/sign-in'], { queryParams: { back } });
}

/** Only for people who are signed in. A reload has lost the token: the cookie brings a new one without a word. */
export const signedIn: CanActivateFn = async (_route, state) => {
  const session = inject(Session);
  const router = inject(Router);
  if (session.user() !== null) return true;
  try {
    return (await session.renew()) !== null || signInAddress(router, state.url);
  } catch {
    const waiting = router.createUrlTree(['/unreachable'], { queryParams: { back: state.url } });
    return new RedirectCommand(waiting, { skipLocationChange: true });
  }
};

/** Somebody who is signed in has nothing to do on the sign-in page. */
export const signedOut: CanActivateFn = () =>
  inject(Session).user() === null || inject(Router).parseUrl('/maintenance');

/** Screens whose every act needs the role; the API refuses them anyway. */
export const superAdmin: CanActivateFn = () => inject(Session).mayExport() || inject(Router).parseUrl('/maintenance');
