import { Refusal } from '#lib/domain';
import { StandardSchemaValidationPipe, type StandardSchemaValidationPipeOptions } from '@nestjs/common';

const MOST_PROBLEMS = 10;

/** Nest takes `constructor`, `prototype` and `__proto__` out of a body in silence; here they are unknown fields like others. */
class StrictValidationPipe extends StandardSchemaValidationPipe {
  protected override stripProtoKeys(): void {
    // The schemas refuse them, and what they return is made anew.
  }
}

/** Checks every parameter that has a schema; a wrong one is refused with the path of each wrong field. */
export function schemaValidation(): StandardSchemaValidationPipe {
  return new StrictValidationPipe({
    exceptionFactory: (issues) => {
      const problems = issues.slice(0, MOST_PROBLEMS).map(describeIssue);
      return new Refusal('invalid_request', problems.join('; '));
    },
  });
}

type Issue = Parameters<NonNullable<StandardSchemaValidationPipeOptions['exceptionFactory']>>[0][number];

function describeIssue(issue: Issue): string {
  const path = (issue.path ?? []).map((segment) => String(typeof segment === 'object' ? segment.key : segment));
  // zod names unknown fields beside the path of the object that has them.
  const unknown = 'keys' in issue && Array.isArray(issue.keys) ? issue.keys.map(String) : null;
  if (unknown !== null) return unknown.map((key) => `${[...path, key].join('.')}: unknown field`).join('; ');
  return path.length === 0 ? issue.message : `${path.join('.')}: ${issue.message}`;
}
