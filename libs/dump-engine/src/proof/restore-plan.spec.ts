import { planRestore } from './restore-plan.js';

const LISTING = `;
; Archive created at 2026-11-24
;
5; 2615 2200 SCHEMA - app postgres
2; 3079 16390 EXTENSION - hstore
3900; 0 0 COMMENT - EXTENSION hstore
250; 1255 16400 FUNCTION public ordinary() postgres
251; 1255 16401 FUNCTION public leakproof() postgres
2000; 2616 16410 OPERATOR CLASS public backwards_ops postgres
210; 1259 16420 TABLE public ACL of friends postgres
3901; 0 0 ACL public TABLE orders postgres
3902; 0 0 SECURITY LABEL public TABLE orders postgres
3800; 0 16420 TABLE DATA public orders postgres
3300; 1259 16430 INDEX public orders_pkey postgres
3801; 0 16440 MATERIALIZED VIEW DATA public totals postgres
3500; 6104 16450 PUBLICATION - all_of_it postgres
3501; 3466 16460 EVENT TRIGGER - watcher postgres
3903; 0 0 COMMENT - EVENT TRIGGER watcher postgres
`;

const steps = (privileged: string[] = []) =>
  planRestore(LISTING, new Set(privileged)).map(({ by, lines, hasData }) => ({
    by,
    ids: lines.map((line) => Number.parseInt(line, 10)),
    hasData,
  }));

describe('the plan of a restore', () => {
  it('has rows and code restored by the owner, and has only what a superuser alone can make made by one', () => {
    expect(steps(['1255 16401'])).toEqual([
      { by: 'owner', ids: [5], hasData: false },
      { by: 'admin', ids: [2], hasData: false },
      { by: 'owner', ids: [250], hasData: false },
      { by: 'maker', ids: [251, 2000], hasData: false },
      { by: 'owner', ids: [210, 3800, 3300], hasData: true },
      { by: 'admin', ids: [3900, 3901], hasData: false },
      { by: 'owner', ids: [3801], hasData: false },
      { by: 'admin', ids: [3500, 3501, 3903], hasData: false },
    ]);
  });

  it('lets no superuser do anything after event triggers are there', () => {
    expect(steps().at(-1)).toEqual({ by: 'admin', ids: [3500, 3501, 3903], hasData: false });
  });

  it('of an archive without entries is empty', () => {
    expect(planRestore('; nothing\n', new Set())).toEqual([]);
  });
});
