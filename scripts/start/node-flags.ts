/** What Node is told for each service; the Dockerfile says the same. */
export const NODE_FLAGS = {
  api: ['--enable-source-maps'],
  // The space for new objects has no say in how fast an export is, and left to itself grows to some 100 MB in a long one.
  worker: ['--enable-source-maps', '--max-semi-space-size=8'],
} as const satisfies Record<string, readonly string[]>;
