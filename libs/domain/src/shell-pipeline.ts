/**
 * A pipeline of a POSIX shell that succeeds only if each of its programs does. A shell's own status is that of the last
 * program, which may be content: an age file cut between two chunks, or a frame whose checksum alone is wrong, is noticed
 * by the program before it, when everything has been handed on. (`pipefail` is not in dash, which is Debian's `sh`.)
 *
 * Each program but the last becomes a function that tells of its failure on descriptor 3, so that the pipeline itself can
 * be read as it would be typed. Nothing is left behind: no file, no variable, no function.
 * @param stages command lines that each begin with the name of their program
 */
export function pipeline(stages: readonly string[]): string {
  const programs = stages.map((stage) => stage.split(' ', 1)[0] ?? '');
  const last = programs.at(-1) ?? '';
  const reporting = programs.slice(0, -1).map((name) => `${name}() { command ${name} "$@" || echo ${name} >&3; }; `);
  return `test -z "$(${reporting.join('')}{ ${stages.join(' | ')} || echo ${last} >&3; } 3>&1 >&2)"`;
}
